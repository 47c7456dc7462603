/** Runs all services in one process, on the embedded Postgres and the in-process broker, or on servers of your own. */
import { once } from 'node:events'
import { lockFolder, startEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { amqpBroker, inProcessBroker } from '@quadrille/messaging'
import { createDatabases } from '@quadrille/postgres'
import {
  ConfigError,
  createLogger,
  integer,
  type RunningService,
  readConfig,
  reportBroker,
  reportStores,
  startService,
} from '@quadrille/service'
import { z } from 'zod'
import { catalog } from './catalog/service.ts'
import { library } from './language/library.ts'
import { loans } from './loans/service.ts'
import { members } from './members/service.ts'
import { welcome } from './welcome.ts'

const variables = z.object({
  DATA_DIR: z.string().min(1).default('.library'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).optional(),
  LOANS_PORT: integer(0, 65_535).default(3100),
  CATALOG_PORT: integer(0, 65_535).default(3101),
  MEMBERS_PORT: integer(0, 65_535).default(3102),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
})

type Variables = z.output<typeof variables>

interface Part {
  stop(): Promise<unknown>
}

/** Runs until SIGINT or SIGTERM. Each part stops before the parts that it needs. */
export const run = async (): Promise<void> => {
  const parts: Part[] = []
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  try {
    const config = read()
    const server = config.DATABASE_URL ?? (await startPostgres(config.DATA_DIR, parts))
    const services = await startServices(config, server, parts)
    console.log(welcome(services.map(({ url }) => url)))
    await stopped
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
  for (const part of parts.reverse()) await part.stop()
}

/** The in-process broker needs databases that no other process uses: those of the embedded Postgres. */
const read = (): Variables => {
  const config = readConfig(variables, process.env)
  if ((config.DATABASE_URL === undefined) === (config.AMQP_URL === undefined)) return config
  throw new ConfigError('Set both DATABASE_URL and AMQP_URL, or neither.')
}

const startPostgres = async (directory: string, parts: Part[]): Promise<string> => {
  parts.push(await lockFolder(directory))
  const server = await startEmbeddedPostgres({ directory, log: (line) => console.log(line) })
  parts.push(server)
  return server.url
}

const startServices = async (config: Variables, server: string, parts: Part[]): Promise<RunningService[]> => {
  const log = createLogger(config.LOG_LEVEL, library)
  const databases = await createDatabases(server, ['library_loans', 'library_catalog', 'library_members'])
  const broker =
    config.AMQP_URL === undefined
      ? inProcessBroker({ onError: reportStores(log) })
      : amqpBroker(config.AMQP_URL, { onError: reportBroker({ url: config.AMQP_URL, log }) })
  parts.push({ stop: () => broker.close() })
  const options = (database: string | undefined, port: number) => ({
    broker,
    log,
    env: { ...process.env, DATABASE_URL: database, PORT: String(port) },
  })
  const started = await Promise.allSettled([
    startService(loans, options(databases.get('library_loans'), config.LOANS_PORT)),
    startService(catalog, options(databases.get('library_catalog'), config.CATALOG_PORT)),
    startService(members, options(databases.get('library_members'), config.MEMBERS_PORT)),
  ])
  const services = started.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  parts.push({ stop: () => Promise.all(services.map((service) => service.stop())) })
  for (const result of started) if (result.status === 'rejected') throw result.reason
  return services
}
