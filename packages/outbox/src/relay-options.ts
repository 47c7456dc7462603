/** What a relay is told. */
import type { DeadLetter, Publisher, RedactText } from '@quadrille/messaging'
import type { Database } from '@quadrille/postgres'
import type { OutboxRow } from './outbox.ts'
import type { StoreUnsendable } from './unsendable.ts'

export interface RelayOptions {
  readonly database: Database
  readonly publisher: Publisher
  readonly service: string
  readonly contentType: string
  /** Masks the secrets in the errors of dead letters. */
  readonly redactText: RedactText
  /** Told of everything that goes wrong; the relay goes on by itself. */
  readonly onError: (error: unknown, step: 'publish' | 'delete' | 'sweep' | 'measure' | 'release') => void
  /** Fresh rows that may be on their way at a time; the rest waits in the table. Default 4,000. */
  readonly window?: number
  /** Swept rows that may be on their way at a time, beside the window. Default 4,000. */
  readonly sweepSize?: number
  /** How long a row belongs to the relay that sends it, ms. Default 5,000. */
  readonly leaseMs?: number
  /**
   * A row that is not confirmed after so many leases is given up: its place in the window is free again, and any relay sends
   * it once more. Default 6. A publisher that confirms the handling may take as long as a handler does: there none is given up.
   */
  readonly givenUpAfterLeases?: number
  /** Told when a row was given up because no confirm has come. */
  readonly onOverdue?: () => void
  /** How often a row that can't be sent is tried, with pauses of a lease, and twice as long each time. Default 6: within 3 min. */
  readonly sendingTries?: number
  /** Stores such rows as dead letters. */
  readonly storeUnsendable: StoreUnsendable
  /** Told of the dead letters that such rows have become. */
  readonly onUnsendable?: (deadLetters: readonly DeadLetter[]) => void
  /**
   * Told of rows that are about to be sent: by the `relay`, right after their commit, or by the `sweep`. What it returns is
   * called when each of them is confirmed or has failed.
   */
  readonly onSend?: (rows: readonly OutboxRow[], by: 'relay' | 'sweep') => () => void
  /** How often the table is swept and measured while there is nothing to sweep, ms. Default 500. */
  readonly sweepEveryMs?: number
  /** Up to how many rows the backlog is counted. Default 100,000. */
  readonly countUpTo?: number
}
