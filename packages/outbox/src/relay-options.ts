import type { DeadLetter, Publisher, RedactText } from '@quadrille/messaging'
import type { Database, Sql } from '@quadrille/postgres'
import type { OutboxRow } from './outbox.ts'

export interface RelayOptions {
  readonly database: Database
  readonly publisher: Publisher
  readonly service: string
  readonly redactText: RedactText
  /** Called with every error. The relay continues. */
  readonly onError: (error: unknown, step: 'publish' | 'delete' | 'sweep' | 'measure' | 'release') => void
  /** The maximum number of rows in flight that are sent right after their commit. Others wait in the table. Default 4,000. */
  readonly window?: number
  /** The maximum number of rows in flight that the sweep found, in addition to the window. Default 4,000. */
  readonly sweepSize?: number
  /** The duration of a lease, ms. Default 5,000. */
  readonly leaseMs?: number
  /**
   * The number of attempts for a row that cannot be sent. The pause after the first one is one lease, and it doubles each
   * time. Default 6, which takes up to 3 min.
   */
  readonly maxSendAttempts?: number
  /** Stores such rows as dead letters. */
  readonly storeUnsendable: StoreUnsendable
  /** Called with the dead letters of such rows. */
  readonly onUnsendable?: (deadLetters: readonly DeadLetter[]) => void
  /**
   * Called before rows are sent: by the `handoff`, right after their commit, or by the `sweep`. The returned function is
   * called when all of them are confirmed or have failed. For a row that can't be sent, that is when its failure is settled.
   */
  readonly onSend?: (rows: readonly OutboxRow[], by: 'handoff' | 'sweep') => () => void
  /**
   * The interval between measurements, and between sweeps that find no more rows, ms. Default 500. While there are no rows, the
   * interval between measurements grows to 2 s, and a sweep follows only one that finds rows.
   */
  readonly sweepEveryMs?: number
  /** The limit for counting the backlog, in rows. Default 100,000. */
  readonly backlogLimit?: number
}

export const defaults = {
  window: 4_000,
  sweepSize: 4_000,
  leaseMs: 5_000,
  sweepEveryMs: 500,
  backlogLimit: 100_000,
  maxSendAttempts: 6,
  onSend: () => () => undefined,
  onUnsendable: () => undefined,
} as const satisfies Partial<RelayOptions>

/** A row that can't be sent, as a dead letter. */
export interface UnsendableMessage {
  readonly deadLetter: DeadLetter
  readonly error: Error
  /** The dead letter that the row replays. Null if it is not a replay. */
  readonly replayOf: string | null
}

/** Stores dead letters in the transaction that deletes their rows, and records each failed replay at its dead letter. */
export type StoreUnsendable = (sql: Sql, unsendable: readonly UnsendableMessage[]) => Promise<void>
