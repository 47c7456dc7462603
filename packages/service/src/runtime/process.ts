/** A service as a process of its own, with RabbitMQ: `node services/<name>/src/main.ts`. */
import { onceASecond, pause } from '@quadrille/async'
import type { Language } from '@quadrille/messages'
import { amqpBroker } from '@quadrille/messaging'
import { z } from 'zod'
import { asksForHelp } from '../config/asks-for-help.ts'
import { duration } from '../config/duration.ts'
import { helpFor } from '../config/help.ts'
import { nearMisses } from '../config/near-miss.ts'
import { readConfig } from '../config/read-config.ts'
import { adviceFor } from '../errors/advice.ts'
import { createLogger } from '../telemetry/log.ts'
import type { Telemetry } from '../telemetry/sdk.ts'
import { drainStandardOutput } from '../telemetry/standard-output.ts'
import { telemetryConfig } from '../telemetry/variables.ts'
import { reportBroker } from './broker-report.ts'
import { commonConfig, commonConfigOf, withOwnVariables } from './config.ts'
import type { ServiceDefinition, Variables } from './define.ts'
import { exit, exitNow } from './exit.ts'
import { grantWork } from './grants.ts'
import { type RunningService, type StartOptions, startConfigured } from './start.ts'
import { migrateAll, retryWhileUnreachable } from './storage.ts'

const maxStopDelayMs = 60_000

/** The variables of every service process. */
export const processConfigOf = (language: Language) =>
  z.object({
    AMQP_URL: z
      .url({ protocol: /^amqps?$/, error: 'must be like amqp://user:password@host:port/vhost' })
      .describe('RabbitMQ: amqp://user:password@host:port/vhost, or amqps: for TLS'),
    ...commonConfigOf(language).shape,
    STOP_DELAY: duration
      .refine((ms) => ms <= maxStopDelayMs, 'must be at most 1m')
      .prefault('0s')
      .describe(
        'How long the service goes on after SIGTERM, while /health/ready answers 503 and responses close their connections: longer than a load balancer needs to notice. At most 1m',
      ),
    ...telemetryConfig.shape,
  })

type ProcessConfig = z.output<ReturnType<typeof processConfigOf>>

/** A stop that takes longer than this after STOP_DELAY is forced, ms. Other instances repeat the unfinished work. */
const stopWithinMs = 10_000

/**
 * Runs a service until SIGTERM, SIGINT or SIGHUP, and STOP_DELAY more unless another signal arrives a second later. Then stops it
 * and exits with 0 within 10 s. If a call of the file system or a lookup of a host name still runs then, it kills itself, and
 * otherwise exits with 1. If it can't start, if a newer version has applied a breaking migration, or if DATABASE_URL leads to
 * another database than before, it exits with 1 and one line with the reason. An unhandled error ends the process, because the
 * state is then unknown.
 */
export const runProcess = async <State, Config>(
  definition: ServiceDefinition<State, Config>,
  telemetry: Telemetry,
): Promise<void> => {
  const { language, model, config } = definition
  const variables = withOwnVariables(processConfigOf(language), config)
  if (await printHelp(`The ${model.name} service.`, variables)) return
  const stopping = new AbortController()
  const secondSignal = new AbortController()
  let running: Running | undefined
  let failed = false
  /** Exits with 1: at once, or after running calls of the file system. Meanwhile the stop keeps it from further messages. */
  const onFatal = (error: Error) => {
    if (failed) return
    failed = true
    report(error)
    if (!stopping.signal.aborted) void running?.stop().catch(report)
    stopping.abort()
    secondSignal.abort() // ends STOP_DELAY
    void exit(1)
  }
  const started = start(definition, variables, { signal: stopping.signal, onFatal })
  const stop = async () => {
    await running?.sendClientsAway(secondSignal.signal) // clients do not know an instance that is still starting
    setTimeout(exitNow, stopWithinMs, 1).unref()
    const service = await started.catch(() => undefined) // it has not started
    await service?.stop()
    await telemetry.stop()
  }
  // The same signal may arrive twice: from a supervisor that signals all processes of its group, and from run.mjs, which forwards it.
  const onSignal = onceASecond(() => {
    if (stopping.signal.aborted) return secondSignal.abort()
    stopping.abort()
    stop()
      .then(drainStandardOutput)
      .then(() => exit(0), fail)
  })
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal)
  running = await started.catch((error) => (stopping.signal.aborted ? undefined : fail(error)))
}

const migrationConfig = z.object({
  DATABASE_URL: commonConfig.shape.DATABASE_URL,
  GRANT_TO: z
    .string()
    .min(1)
    .optional()
    .describe('The role of the service, if another one owns its tables: it gets the rights that the service needs'),
})

/**
 * Migrates the database, as a separate step before services that start with MIGRATE=off. With GRANT_TO the role of
 * DATABASE_URL owns the schema, and the role GRANT_TO may use it but not change it. As a start does, it waits while Postgres is
 * unavailable or a lock is held. SIGTERM or SIGINT ends it at once with 1 (during a lookup of a host name with 137), also as the
 * first process of a container, for which these signals have no default action
 * (https://man7.org/linux/man-pages/man7/pid_namespaces.7.html).
 */
export const runMigrations = async <State, Config>(definition: ServiceDefinition<State, Config>): Promise<void> => {
  const { language, model } = definition
  if (await printHelp(`Migrates the database of ${model.name}.`, migrationConfig)) return
  const onSignal = (signal: NodeJS.Signals) => {
    report(new Error(`stopped by ${signal} before the database was up to date`))
    exitNow(1)
  }
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal)
  try {
    const { DATABASE_URL, GRANT_TO } = readConfig(migrationConfig, process.env)
    const log = createLogger('warn', language).child({ service: model.name })
    const waiting = { config: { MIGRATE: 'on' }, log, signal: new AbortController().signal } as const
    await retryWhileUnreachable(waiting, async () => {
      await migrateAll(DATABASE_URL, definition)
      if (GRANT_TO !== undefined) await grantWork(DATABASE_URL, GRANT_TO)
    })
    process.stdout.write(`The database of ${model.name} is up to date.\n`)
  } catch (error) {
    await fail(error)
  } finally {
    process.off('SIGTERM', onSignal).off('SIGINT', onSignal)
  }
}

interface Running extends Pick<RunningService, 'stop'> {
  /** Sends clients to other instances. Resolves after STOP_DELAY, or when `until` aborts. */
  sendClientsAway(until: AbortSignal): Promise<void>
}

const start = async <State, Config>(
  definition: ServiceDefinition<State, Config>,
  variables: Variables<ProcessConfig & Config>,
  options: Pick<StartOptions, 'signal' | 'onFatal'>,
): Promise<Running> => {
  const { language } = definition
  const config = readConfig(variables, process.env) // reports all wrong variables at once, before anything starts
  const { AMQP_URL, LOG_LEVEL, STOP_DELAY: stopDelayMs } = config
  const log = createLogger(LOG_LEVEL, language)
  for (const line of nearMisses(variables, process.env)) log.warn({ service: definition.model.name }, line)
  const broker = amqpBroker(AMQP_URL, reportBroker({ url: AMQP_URL, log, language }))
  const service = await startConfigured(definition, { broker, config, log, ...options })
  return {
    sendClientsAway: async (until) => {
      if (stopDelayMs === 0) return
      service.leave()
      log.info({ service: service.name, stopDelayMs }, 'stopping after STOP_DELAY')
      await pause(stopDelayMs, until)
    },
    stop: service.stop, // it leaves the broker too, and waits only as long as a stop may take
  }
}

/** Prints the help if the process was started for it, and resolves to whether it was. Exits with 1 at any other argument. */
const printHelp = async (title: string, variables: z.ZodObject): Promise<boolean> => {
  try {
    if (!asksForHelp()) return false
  } catch (error) {
    return fail(error)
  }
  const file = 'Each variable may also be given as a file (DATABASE_URL_FILE and so on):'
  process.stdout.write(`${title} ${file}\n${helpFor(variables)}\n`)
  return true
}

const fail = (error: unknown): Promise<never> => {
  report(error)
  return exit(1)
}

const report = (error: unknown): void => {
  const advice = adviceFor(error)
  const message = error instanceof Error ? error.message : String(error)
  const lines = (advice === undefined ? message : `${message}: ${advice}`).split('\n')
  process.stderr.write(lines.map((line) => `quadrille: ${line}\n`).join(''))
}
