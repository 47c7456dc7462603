/** `npm start`, from variables and flags to the exit code. */
import { lockFolder } from '@quadrille/embedded-postgres'
import { runningServices, shop } from '@quadrille/events'
import { createLogger, nearMisses, type Telemetry } from '@quadrille/service/tools'
import { startAdmin } from './admin.ts'
import { runsAudit, superviseAudit } from './audit.ts'
import { checkPorts } from './check-ports.ts'
import { runsConsole, superviseConsole } from './console.ts'
import { createDatabasesWhenReachable } from './databases.ts'
import { startDemo } from './demo/demo.ts'
import { createGatewaySwitch } from './demo/gateway-switch.ts'
import { runsDemo } from './demo/runs-demo.ts'
import { help, type Options, readFlags, readOptions, variables } from './options.ts'
import { ownDatabase } from './ownership.ts'
import { type Begin, runParts } from './parts.ts'
import { untilReady } from './readiness.ts'
import { reset } from './reset.ts'
import { type Services, startServices } from './services.ts'
import { createShutdown } from './shutdown.ts'
import { supervisePostgres } from './supervise-postgres.ts'
import { showOrders } from './terminal/show-orders.ts'
import { openTerminal } from './terminal/terminal.ts'
import { welcome } from './welcome.ts'

/** Prints a text for a person: to standard error if standard output is for log lines as JSON. */
const print = ({ LOG_FORMAT }: Options, text: string): void => {
  if (LOG_FORMAT === 'json') console.error(text)
  else console.log(text)
}
const sayWith = (options: Options) => (line: string) => print(options, `quadrille: ${line}`)
const warn = (line: string): void => console.error(`quadrille: ${line}`)

/** How long the services may take to connect to the broker before the welcome text reports that they wait, ms. */
const readyWithinMs = 5_000

interface Start {
  readonly options: Options
  /** Deletes all state first. */
  readonly resetFirst: boolean
  readonly signal: AbortSignal
  /** Stops everything and reports the error, because this process may no longer use a database. */
  readonly stopWithError: (error: Error) => void
}

/** Starts all parts in order. */
const start = async (begin: Begin, { options, resetFirst, signal, stopWithError }: Start): Promise<void> => {
  const say = sayWith(options)
  if (options.DATABASE_URL === undefined) await begin(lockFolder(options.DATA_DIR))
  await checkPorts(options)
  if (resetFirst) await reset(options, say)
  const server = options.DATABASE_URL ?? (await begin(postgres(options, stopWithError))).url
  const databases = await createDatabasesWhenReachable(server, runningServices(options), { warn, signal })
  // Every start uses the database of order, so one lock protects those of all services.
  if (options.AMQP_URL === undefined)
    await begin(ownDatabase(databases.get('order') ?? server, { say, signal, onLost: stopWithError }))
  say(options.AMQP_URL ? 'starting the services with RabbitMQ' : 'starting the services with the in-process broker')
  const terminal = openTerminal(options.LOG_FORMAT)
  const log = createLogger(options.LOG_LEVEL, shop, terminal.log)
  const printing = { say: warn, log: terminal.log }
  let consoleUrl: string | undefined
  const shown = options.LOG_FORMAT === 'text' ? await begin(showOrders(terminal, () => consoleUrl)) : undefined
  const audit = runsAudit(options)
    ? await begin(superviseAudit({ options, databases, env: process.env, ...printing }))
    : undefined
  const admin = options.ADMIN_PORT === undefined ? undefined : await begin(startAdmin(options, options.ADMIN_PORT))
  const gatewaySwitch = createGatewaySwitch()
  const instead = runsDemo(options) ? { payment: gatewaySwitch.payment } : {}
  const services = await begin(
    startServices({
      options,
      databases,
      env: process.env,
      log,
      warn,
      signal,
      stopWithError,
      admin,
      instead,
      onCommitted: shown?.onCommitted,
    }),
  )
  const adminUrl = admin?.url
  const auditUrl = audit?.url
  const demo = runsDemo(options)
    ? await begin(startDemo({ options, services, databases, adminUrl, gatewaySwitch, say }))
    : undefined
  const page = runsConsole(options)
    ? await begin(
        superviseConsole({ options, urls: services.urls, adminUrl, auditUrl, demoUrl: demo?.url, ...printing }),
      )
    : undefined
  consoleUrl = await page?.url(signal)
  await printWelcome(services, { options, signal, adminUrl, consoleUrl, demoUrl: demo?.url })
}

interface WelcomeOptions extends Pick<Start, 'options' | 'signal'> {
  /** Set if the admin endpoints have their own port. */
  readonly adminUrl: string | undefined
  /** Set if the console runs. */
  readonly consoleUrl: string | undefined
  /** Set if the demo control runs. */
  readonly demoUrl: string | undefined
}

/** Prints the welcome text. If some services are not ready yet, prints another line when all of them are. */
const printWelcome = async (
  services: Services,
  { options, signal, adminUrl, consoleUrl, demoUrl }: WelcomeOptions,
): Promise<void> => {
  const unready = await untilReady(services, { withinMs: readyWithinMs, everyMs: 100, signal })
  const urls = { ...services.urls, ...(adminUrl !== undefined && { admin: adminUrl }) }
  print(options, welcome({ urls, consoleUrl, demoUrl, demo: options.SEED === 'demo', unready }))
  if (unready.size === 0) return
  void untilReady(services, { withinMs: Number.POSITIVE_INFINITY, everyMs: 1_000, signal }).then(
    () => sayWith(options)('Quadrille is ready.'),
    (error: unknown) => {
      if (!signal.aborted) throw error // a stop ends the wait
    },
  )
}

const postgres = (options: Options, onLost: (error: Error) => void) => {
  const { DATA_DIR } = options
  const say = sayWith(options)
  say(`starting Postgres with its data in ${DATA_DIR}`)
  return supervisePostgres({ directory: DATA_DIR, log: say, onLost })
}

const main = async (): Promise<void> => {
  const flags = readFlags(process.argv.slice(2))
  if (flags.help) {
    console.log(help())
    return
  }
  const options = readOptions(process.env)
  const say = sayWith(options)
  for (const line of nearMisses(variables, process.env)) warn(line)
  const shutdown = createShutdown({ say, runner: process.env['QUADRILLE_RUNNER'] })
  const { signal, stopWithError } = shutdown
  await runParts((begin) => start(begin, { options, resetFirst: flags.reset, signal, stopWithError }), shutdown)
  say('stopped')
}

/** Runs until it is stopped. Prints an error in one line, or one line per wrong variable, and then exits with 1. */
export const run = async (telemetry: Telemetry): Promise<void> => {
  try {
    await main()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    for (const line of message.split('\n')) warn(line)
    process.exitCode = 1
  } finally {
    await telemetry.stop()
  }
}
