/**
 * Detects poison messages: messages that crash the process that handles them. After a crash all messages that it held come back,
 * so each of them is only a suspect. A message that has come back several times is handled alone, and its start is recorded
 * before. The suspect that was started several times and never ended is the poison message. It becomes a dead letter without being
 * handled, and the others get through.
 */
import { hash } from 'node:crypto'
import type { Delivery } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import type { PostgresAvailability } from '../../core/postgres-availability.ts'
import { type HandlingResult, left } from '../handling-result.ts'
import type { ParkReason } from '../retry-policy.ts'
import { beginSuspect, endSuspect } from './table.ts'

/** A message is a suspect after so many crashes of its consumers. A lost connection counts as a crash, so one alone proves nothing. */
const suspectDeaths = 3

/** How often a suspect is started. */
const maxBegun = 3

export interface PoisonGuardOptions {
  readonly queue: string
  readonly database: Database
  readonly availability: PostgresAvailability
  /** Runs the suspects of a service one after the other, whichever queue they come from. */
  readonly oneAtATime: Sequence
}

/** How long a suspect waits for a locked row, ms. Then the next one runs, and this one is retried without counting an attempt. */
const suspectWaitsMs = 1_000

/** Handles a delivery, and waits for a locked row for `waitsAloneMs` at most, ms. */
type HandleDelivery = (waitsAloneMs?: number) => Promise<HandlingResult>

/** Runs `work` on a delivery. A suspect runs alone among the suspects of this service. */
export type PoisonGuard = (delivery: Delivery, work: HandleDelivery) => Promise<HandlingResult>

export const createPoisonGuard = ({ queue, database, availability, oneAtATime }: PoisonGuardOptions): PoisonGuard => {
  const handleAlone: PoisonGuard = async (delivery, work) => {
    const suspect = { queue, fingerprint: hash('sha256', delivery.message.body, 'base64') }
    const begun = await availability.retryWhileUnavailable(() => beginSuspect(database, suspect))
    if (begun === null) return left // the service stops: unsettled, it is delivered again to another instance
    if (begun > maxBegun) delivery.park(poisonMessage(delivery))
    const handled = begun > maxBegun ? left : await work(suspectWaitsMs)
    await availability.retryWhileUnavailable(() => endSuspect(database, suspect))
    return handled
  }
  return (delivery, work) => (delivery.deaths < suspectDeaths ? work() : oneAtATime(() => handleAlone(delivery, work)))
}

const poisonMessage = ({ deaths }: Delivery) => ({
  reason: 'kills_its_consumer' satisfies ParkReason,
  error: new Error(
    `Its consumers have died ${deaths} times and more, the last ${maxBegun} while they handled it alone.`,
  ),
})

/** Runs one call after the other. */
export type Sequence = (work: () => Promise<HandlingResult>) => Promise<HandlingResult>

/** One for each service, also where several share a process: a suspect that waits for a lock holds up no other service. */
export const createSequence = (): Sequence => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => undefined) // `done` has the error; the next one runs all the same
    return done
  }
}
