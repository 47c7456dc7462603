/** `npm start`: Postgres and all services in one process. `npm start -- --help` lists what can be set. */
import { createDatabases } from './databases.ts'
import { lockFolder } from './lock.ts'
import { help, type Options, readFlags, readOptions } from './options.ts'
import { type Begin, runParts } from './parts.ts'
import { checkPorts } from './ports.ts'
import { supervisePostgres } from './postgres.ts'
import { reset } from './reset.ts'
import { stopSignal } from './shutdown.ts'

const services = ['order', 'payment', 'inventory', 'notification'] as const

const say = (line: string): void => console.log(`quadrille: ${line}`)

/** All that runs here, in the order in which it starts. */
const start = async (options: Options, afresh: boolean, begin: Begin): Promise<void> => {
  if (options.DATABASE_URL === undefined) await begin(lockFolder(options.DATA_DIR))
  await checkPorts(options)
  if (afresh) await reset(options, say)
  const server = options.DATABASE_URL ?? (await begin(postgres(options))).url
  await createDatabases(server, services)
  say('ready; Ctrl-C stops it')
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
  await runParts((begin) => start(options, flags.reset, begin), signal)
  say('stopped')
}

try {
  await main()
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  for (const line of message.split('\n')) console.error(`quadrille: ${line}`)
  process.exitCode = 1
}
