/** What `npm start` does, from the variables and flags to the exit code. */
import { createLogger } from '@quadrille/service'
import type { Telemetry } from '@quadrille/service/telemetry'
import { createDatabases } from './databases.ts'
import { lockFolder } from './lock.ts'
import { help, type Options, readFlags, readOptions } from './options.ts'
import { type Begin, runParts } from './parts.ts'
import { checkPorts } from './ports.ts'
import { supervisePostgres } from './postgres.ts'
import { reset } from './reset.ts'
import { serviceNames, startServices } from './services.ts'
import { stopSignal } from './shutdown.ts'
import { welcome } from './welcome.ts'

const say = (line: string): void => console.log(`quadrille: ${line}`)

interface Start {
  readonly options: Options
  /** Throw away all state first. */
  readonly afresh: boolean
  readonly signal: AbortSignal
}

/** All that runs here, in the order in which it starts. */
const start = async (begin: Begin, { options, afresh, signal }: Start): Promise<void> => {
  if (options.DATABASE_URL === undefined) await begin(lockFolder(options.DATA_DIR))
  await checkPorts(options)
  if (afresh) await reset(options, say)
  const server = options.DATABASE_URL ?? (await begin(postgres(options))).url
  const databases = await createDatabases(server, serviceNames)
  say(options.AMQP_URL ? 'starting the services over RabbitMQ' : 'starting the services over the in-process broker')
  const log = createLogger(options.LOG_LEVEL)
  const { urls } = await begin(startServices({ options, databases, env: process.env, log, signal }))
  console.log(welcome(urls, options.SEED === 'demo'))
}

const postgres = ({ DATA_DIR }: Options) => {
  say(`starting Postgres, whose state is in ${DATA_DIR}`)
  return supervisePostgres({ directory: DATA_DIR, log: say })
}

const main = async (): Promise<void> => {
  const flags = readFlags(process.argv.slice(2))
  if (flags.help) {
    console.log(help())
    return
  }
  const options = readOptions(process.env)
  const signal = stopSignal({ say, runner: process.env['QUADRILLE_RUNNER'] })
  await runParts((begin) => start(begin, { options, afresh: flags.reset, signal }), signal)
  say('stopped')
}

/** Runs until it is stopped. What goes wrong is said in a line, and is the exit code 1. */
export const run = async (telemetry: Telemetry): Promise<void> => {
  try {
    await main()
    await telemetry.stop()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    for (const line of message.split('\n')) console.error(`quadrille: ${line}`)
    process.exitCode = 1
  }
}
