/** The options of a relay. */
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
  /** Called with every error. The relay continues by itself. */
  readonly onError: (error: unknown, step: 'publish' | 'delete' | 'sweep' | 'measure' | 'release') => void
  /** The most fresh rows in flight. Further ones wait in the table. Default 4,000. */
  readonly window?: number
  /** The most swept rows in flight, in addition to the window. Default 4,000. */
  readonly sweepSize?: number
  /** How long a row belongs to the relay that sends it, ms. Default 5,000. */
  readonly leaseMs?: number
  /**
   * A row without a confirm after this many leases is given up: its place in the window is free again, and any relay
   * sends it once more. Default 6. Not used if the publisher confirms the handling, which may take as long as a handler
   * does.
   */
  readonly givenUpAfterLeases?: number
  /** Called when a row was given up because no confirm has arrived. */
  readonly onOverdue?: () => void
  /**
   * The number of attempts for a row that can't be sent, with pauses that begin at one lease and double. Default 6:
   * within 3 min.
   */
  readonly sendingTries?: number
  /** Stores such rows as dead letters. */
  readonly storeUnsendable: StoreUnsendable
  /** Called with the dead letters of such rows. */
  readonly onUnsendable?: (deadLetters: readonly DeadLetter[]) => void
  /**
   * Called before rows are sent: by the `relay`, right after their commit, or by the `sweep`. The returned function is
   * called when each of them is confirmed or has failed.
   */
  readonly onSend?: (rows: readonly OutboxRow[], by: 'relay' | 'sweep') => () => void
  /** The interval between sweeps and measurements while the sweep finds nothing, ms. Default 500. */
  readonly sweepEveryMs?: number
  /** The limit for counting the backlog, in rows. Default 100,000. */
  readonly countUpTo?: number
}
