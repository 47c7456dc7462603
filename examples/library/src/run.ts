/** Runs all services in one process, on the embedded Postgres and the in-process broker, or on servers of your own. */
import { once } from 'node:events'
import { lockFolder, startEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { amqpBroker, type Broker, inProcessBroker } from '@quadrille/messaging'
import { createDatabases } from '@quadrille/postgres'
import { ConfigError, integer, type RunningService, readConfig } from '@quadrille/service'
import { exitNow } from '@quadrille/service/plain-server'
import { createLogger, reportBroker, reportStores } from '@quadrille/service/tools'
import { z } from 'zod'
import { library } from './language/library.ts'
import { services } from './services.ts'
import { welcome } from './welcome.ts'

const variables = z.object({
  DATA_DIR: z.string().min(1).default('.quadrille-library'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  AMQP_URL: z.url({ protocol: /^amqps?$/ }).optional(),
  /** The port of the first service. The others use the ports after it. 0 selects free ports. */
  PORT: integer(0, 65_000).default(3100),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('warn'),
})

/** A stop that takes longer than this is forced, ms. */
const stopWithinMs = 10_000

type Variables = z.output<typeof variables>

interface Part {
  stop(): Promise<unknown>
}

/** Runs until SIGINT, SIGTERM or SIGHUP. Each part stops before the parts that it needs. */
export const run = async (): Promise<void> => {
  const parts: Part[] = []
  const signal = untilStopped()
  try {
    const config = read()
    const server = config.DATABASE_URL ?? (await startPostgres(config.DATA_DIR, parts))
    console.log(welcome(await startServices(config, { server, signal, parts })))
    if (!signal.aborted) await once(signal, 'abort')
  } catch (error) {
    if (!signal.aborted) report(error) // a start that is stopped is expected to fail
  }
  for (const part of parts.reverse()) await part.stop()
}

/**
 * The first signal begins the stop, which is forced if it takes longer than 10 s. Later ones change nothing: Ctrl-C may arrive
 * twice, from the terminal and from a parent process.
 */
const untilStopped = (): AbortSignal => {
  const stopping = new AbortController()
  stopping.signal.addEventListener('abort', () => setTimeout(exitNow, stopWithinMs, 1).unref())
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => stopping.abort())
  return stopping.signal
}

const report = (error: unknown): void => {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

/** The in-process broker needs databases that no other process uses: those of the embedded Postgres. */
const read = (): Variables => {
  const config = readConfig(variables, process.env)
  if ((config.DATABASE_URL === undefined) === (config.AMQP_URL === undefined)) return config
  throw new ConfigError('Set both DATABASE_URL and AMQP_URL, or neither.')
}

const startPostgres = async (directory: string, parts: Part[]): Promise<string> => {
  parts.push(lockFolder(directory))
  const server = await startEmbeddedPostgres({ directory, log: (line) => console.log(line) })
  parts.push(server)
  return server.url
}

interface Start {
  /** The URL of the Postgres server. */
  readonly server: string
  readonly signal: AbortSignal
  readonly parts: Part[]
}

const startServices = async (config: Variables, { server, signal, parts }: Start): Promise<RunningService[]> => {
  const log = createLogger(config.LOG_LEVEL, library)
  const broker = openBroker(config, log)
  const databases = await createDatabases(server, Object.keys(services).map(databaseOf))
  const starting = Object.entries(services).map(([name, start], index) => {
    const own = { DATABASE_URL: databases.get(databaseOf(name)), PORT: String(config.PORT && config.PORT + index) }
    return start({ broker, log, signal, env: { ...process.env, ...own } })
  })
  const settled = await Promise.allSettled(starting)
  const running = settled.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  parts.push({ stop: () => Promise.all(running.map((service) => service.stop())) })
  for (const result of settled) if (result.status === 'rejected') throw result.reason
  return running
}

const databaseOf = (service: string): string => `library_${service}`

const openBroker = ({ AMQP_URL }: Variables, log: ReturnType<typeof createLogger>): Broker =>
  AMQP_URL === undefined
    ? inProcessBroker({ onError: reportStores({ log, language: library }) })
    : amqpBroker(AMQP_URL, reportBroker({ url: AMQP_URL, log, language: library }))
