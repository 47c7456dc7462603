/**
 * Messages that may kill whatever handles them. When a process dies, all that it held comes back as if it were to blame. So
 * what has come back several times is handled one at a time, each begun on record: the one that was begun and never ended,
 * time and again, is the culprit, and is parked without being handled. Its neighbours get through.
 */
import { hash } from 'node:crypto'
import type { Delivery } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import type { Recovery } from '../../core/postgres-availability.ts'
import { type Handled, left } from '../handled.ts'
import type { ParkReason } from '../retry-policy.ts'
import { beginSuspect, endSuspect } from './table.ts'

/** So many deaths of its consumers make a message a suspect. A lost connection counts as a death, and one alone proves nothing. */
const deathsOfSuspect = 3

/** How often a suspect is begun. */
const maxBegun = 3

export interface SuspectsOptions {
  readonly queue: string
  readonly database: Database
  readonly recovery: Recovery
  /** The line in which the suspects of a service wait, whichever queue they come from. */
  readonly oneAtATime: Line
}

/** How long a suspect waits for a locked row, ms. Then it makes room for the next one, and comes back later, uncounted. */
const suspectWaitsMs = 1_000

/** Handles a delivery. A suspect must not wait for a locked row for longer than this, ms. */
type Work = (waitsAloneMs?: number) => Promise<Handled>

/** Runs the work on a delivery; where that is a suspect, alone among the suspects of this service. */
export type Guard = (delivery: Delivery, work: Work) => Promise<Handled>

export const guardAgainstSuspects = ({ queue, database, recovery, oneAtATime }: SuspectsOptions): Guard => {
  const handleAlone: Guard = async (delivery, work) => {
    const suspect = { queue, fingerprint: hash('sha256', delivery.message.body, 'base64') }
    const begun = await recovery.outlast(() => beginSuspect(database, suspect))
    if (begun === null) return left // the service stops: unsettled, it is delivered again to another instance
    if (begun > maxBegun) delivery.park(culprit(delivery))
    const handled = begun > maxBegun ? left : await work(suspectWaitsMs)
    await recovery.outlast(() => endSuspect(database, suspect))
    return handled
  }
  return (delivery, work) =>
    delivery.deaths < deathsOfSuspect ? work() : oneAtATime(() => handleAlone(delivery, work))
}

const culprit = ({ deaths }: Delivery) => ({
  reason: 'kills_its_consumer' satisfies ParkReason,
  error: new Error(
    `Its consumers have died ${deaths} times and more, the last ${maxBegun} while they handled it alone.`,
  ),
})

/** Runs one piece of work after the other. */
export type Line = (work: () => Promise<Handled>) => Promise<Handled>

/**
 * One for each service, also where several share a process: a suspect of one that waits for a lock doesn't hold up those of
 * the others.
 */
export const createLine = (): Line => {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const done = last.then(work)
    last = done.catch(() => undefined) // `done` has the error; the next one runs all the same
    return done
  }
}
