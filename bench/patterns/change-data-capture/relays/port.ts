/** The port of a relay, as the product's own relay has it: services prepare messages in a transaction, and it publishes them. */
import type { Publisher } from '@quadrille/messaging'
import type { Handoff, Outgoing } from '@quadrille/outbox'
import type { DatabasePool } from '@quadrille/postgres'

/**
 * Guarantee: every message of a committed transaction is published at least once, and again until the broker has confirmed it. Its
 * row is deleted after that.
 */
export interface OutboxRelay {
  /** Creates the objects that it needs in the database, and begins to publish. */
  start(): Promise<void>
  /** Prepares messages for the caller's transaction, which stores them by the returned statements. */
  prepare(messages: readonly Outgoing[]): Handoff
  /** Another relay publishes the messages that are in flight. */
  stop(): Promise<void>
}

export interface RelaySurroundings {
  /** The URL of the database, for connections of its own. */
  readonly url: string
  /** A pool for the same database, whose transactions may be idle while the broker confirms. */
  readonly database: DatabasePool
  readonly publisher: Publisher
  /** Called with every error. The relay continues. */
  readonly onError: (error: unknown) => void
}

export type MakeRelay = (surroundings: RelaySurroundings) => OutboxRelay

/** The maximum number of messages in flight, of the handoff's window and of the relay by log. Looks at the table have fewer. */
export const maxInFlight = 4_000
