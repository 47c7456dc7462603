/**
 * Detects poison messages: messages that crash the process that handles them. After a crash all messages that the process held
 * are redelivered, so each of them is only a suspect. A message that was redelivered several times is handled alone, and the
 * start is recorded first. A suspect whose handling started several times and never ended is the poison message. It becomes a
 * dead letter without being handled, and the others are handled.
 */
import { hash } from 'node:crypto'
import { limitConcurrency, toError, within } from '@quadrille/async'
import type { Language } from '@quadrille/messages'
import type { Database } from '@quadrille/postgres'
import type { Logger } from 'pino'
import type { PostgresAvailability } from '../../../core/postgres-availability.ts'
import { aboutMessage } from '../../../telemetry/about-message.ts'
import type { Incoming } from '../../incoming.ts'
import { abandoned, type Outcome } from '../../outcome.ts'
import type { Handle, Policy } from '../../policy.ts'
import { beginSuspect, endSuspect, type Suspect } from './table.ts'

/** The number of crashes of its consumers after which a message is a suspect. A lost connection also counts as a crash. */
const suspectAfterCrashes = 3

/** How often the handling of a suspect is started. During the last time no other one begins, however long it takes. */
const maxStarts = 3

/** How long other suspects wait for one that was started less often, ms. A poison message usually crashes the process sooner. */
const defaultAloneMs = 10_000

/** Such a delivery must be a batch of its own. */
export const isSuspect = ({ delivery }: Incoming): boolean => delivery.crashes >= suspectAfterCrashes

/**
 * One for the process, because a crash ends the work of all of its services. With one for each service, a suspect would be blamed
 * for a crash by the suspect of another service.
 */
const oneAtATime = limitConcurrency(1)

export interface IsolateOptions {
  readonly queue: string
  readonly database: Database
  readonly availability: Pick<PostgresAvailability, 'retryWhileUnavailable' | 'recordSuccess'>
  readonly log: Logger
  readonly language: Pick<Language, 'subject'>
  /** Default 10 s. Tests use less. */
  readonly aloneMs?: number
}

export const isolatePoisonMessages = (options: IsolateOptions): Policy => {
  const { queue, database, availability, log, language, aloneMs = defaultAloneMs } = options
  const handleAlone = async (incoming: Incoming, next: Handle): Promise<readonly Outcome[]> => {
    const suspect = { queue, fingerprint: hash('sha256', incoming.delivery.message.body, 'base64') }
    let tries = 0
    const handle = async (begun: number) => {
      const outcomes = begun > maxStarts ? [poisonMessage(incoming)] : await next([incoming])
      await end(incoming, suspect)
      return outcomes
    }
    const startAlone = async () => {
      if (incoming.delivery.isLost()) return null
      tries += 1
      const begun = await beginSuspect(database, suspect, tries > 1)
      availability.recordSuccess() // Postgres accepts writes, however long the handling takes
      const handled = handle(begun)
      const settled = Promise.allSettled([handled])
      await (begun < maxStarts ? within(aloneMs, settled) : settled)
      return { handled }
    }
    const start = async () => {
      await database.query('select from suspect limit 0') // during its outage, those of other services go on
      return oneAtATime(startAlone)
    }
    const started = await recorded(start)
    if (started === null) return [abandoned] // the service stops, or it waited so long that the delivery is lost
    return started instanceof Error ? [{ status: 'not_now', error: started }] : started.handled
  }

  const end = async ({ delivery: { message } }: Incoming, suspect: Suspect): Promise<void> => {
    const ended = await recorded(() => endSuspect(database, suspect))
    const about = aboutMessage({ queue, message }, language)
    if (ended instanceof Error) log.error({ ...about, err: ended }, endUnrecorded)
    if (ended === null) log.warn(about, endUnrecorded) // the service stops while Postgres is unavailable
  }

  /** Returns the error if it can't be recorded, for example because of a trigger. The message is not at fault. */
  const recorded = <Result>(record: () => Promise<Result>): Promise<Result | null | Error> =>
    availability.retryWhileUnavailable(record).catch(toError)

  return (next) => async (batch) => {
    const [incoming] = batch
    return incoming && isSuspect(incoming) ? handleAlone(incoming, next) : next(batch)
  }
}

const endUnrecorded =
  'cannot record that a suspected poison message was handled: if it is redelivered, this start counts as a crash'

const poisonMessage = ({ delivery: { crashes } }: Incoming): Outcome => ({
  status: 'dead_letter',
  reason: 'kills_its_consumer',
  error: new Error(
    `Its consumers crashed at least ${crashes} times, the last ${maxStarts} times while they handled this suspect. Perhaps another message was the cause.`,
  ),
})
