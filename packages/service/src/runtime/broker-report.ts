/** Reports faults of the broker: at most one line every few seconds, with the fault and the remedy, and one at their end. */
import type { Language } from '@quadrille/messages'
import { type Affected, OwnedByAnotherDatabase } from '@quadrille/messaging'
import type { Logger } from 'pino'
import { adviceFor } from '../errors/advice.ts'
import { aboutMessage } from '../telemetry/about-message.ts'
import { oncePer } from '../telemetry/once-per.ts'

/** The same line is written at most once in this time, ms, because an outage fails every connection repeatedly. */
const everyMs = 5_000

export interface BrokerReportOptions {
  /** The URL of the broker, as in AMQP_URL. */
  readonly url: string
  readonly log: Logger
  readonly language: Pick<Language, 'subject'>
  /** Writes a line about a connection. Default: a warning in the log. */
  readonly write?: (line: string, about: Readonly<Record<string, unknown>>) => void
}

/** Called by an adapter of the broker, with the failed step. */
type OnBrokerError = (error: unknown, step: string, affected: Affected) => void

/** Options of `amqpBroker`. */
export interface BrokerReport {
  readonly onError: OnBrokerError
  readonly onConnected: (service: string) => void
}

/**
 * Reports faults of the broker at a URL. The first connection after a reported outage is reported too. Its lines never
 * contain the password.
 */
export const reportBroker = ({
  url,
  log,
  language,
  write = (line, about) => log.warn(about, line),
}: BrokerReportOptions): BrokerReport => {
  const { host } = new URL(url)
  const isDue = oncePer(everyMs)
  const reportStep = stepReport({ log, language, isDue })
  let outageIsReported = false
  const onError: OnBrokerError = (error, step, affected) => {
    if (step !== 'connect' && step !== 'connection') return reportStep(error, step, affected)
    const line = lineOf(error, step, host)
    if (!isDue(line)) return
    const advice = adviceFor(error)
    outageIsReported = true
    write(line, { service: affected.service, step, reason: reasonOf(error), ...(advice !== undefined && { advice }) })
  }
  const onConnected = (service: string) => {
    if (!outageIsReported) return
    outageIsReported = false
    write(`Connected to RabbitMQ at ${host} again.`, { service })
  }
  return { onError, onConnected }
}

const lineOf = (error: unknown, step: 'connect' | 'connection', host: string): string => {
  const [reason, advice] = [reasonOf(error), adviceFor(error) ?? 'check AMQP_URL']
  if (error instanceof OwnedByAnotherDatabase) return `RabbitMQ at ${host} is not used: ${reason}. ${sentence(advice)}`
  return step === 'connect'
    ? `RabbitMQ at ${host} ${verbFor(error)} (${reason}). Events wait in the outbox. ${sentence(advice)}`
    : `The connection to RabbitMQ at ${host} failed (${reason}). Reconnecting.`
}

/** For the in-process broker. Only the services' own tables can fail there. */
export const reportStores = (options: Pick<BrokerReportOptions, 'log' | 'language'>): OnBrokerError =>
  stepReport({ ...options, isDue: oncePer(everyMs) })

/** Steps that are not tried again, and their log lines. */
const finalSteps: ReadonlyMap<string, string> = new Map([
  ['declare', 'the queue or the exchange unrouted is missing'],
  ['reply', 'a question was not answered'],
  ['release', 'the next start counts a crash for each message that was taken from the table retry'],
])

interface StepReportOptions extends Pick<BrokerReportOptions, 'log' | 'language'> {
  readonly isDue: (line: string) => boolean
}

const stepReport =
  ({ log, language, isDue }: StepReportOptions): OnBrokerError =>
  (error, step, { service, queue, message }) => {
    const line = `${service} ${step} ${reasonOf(error)}`
    if (!isDue(line)) return
    const about = queue !== undefined && message ? aboutMessage({ queue, message }, language) : { queue }
    log.warn(
      { err: error, step, service, ...about },
      finalSteps.get(step) ?? 'a step at the broker failed and will be tried again',
    )
  }

const refusal = /with message "(.+?)(?: For details see the broker logfile\.)?"/

const verbFor = (error: unknown): string =>
  error instanceof Error && refusal.test(error.message) ? 'refuses the connection' : "can't be reached"

/** The code of a network error, the text of the broker's refusal, or else the message. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && /^E(?!RR_)[A-Z_]+$/.test(String(error.code))) return String(error.code)
  const [, words] = refusal.exec(error.message) ?? []
  return (words ?? error.message).replace(/\.$/, '')
}

const sentence = (text: string): string => `${text.slice(0, 1).toUpperCase()}${text.slice(1)}.`
