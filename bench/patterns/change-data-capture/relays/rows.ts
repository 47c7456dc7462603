/** The rows of the outbox, for relays that read them back from Postgres. */
import type { Publisher, WireMessage } from '@quadrille/messaging'
import { type Handoff, insertOutbox, type Outgoing } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'

/** The columns that a message consists of. Replays of dead letters have further ones, and are not read. */
export interface StoredMessage {
  readonly seq: number
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly exchange: string
  readonly routing_key: string
  readonly body: string
  readonly traceparent: string | null
  readonly created_at: Date
}

export const columns = 'seq, id, type, subject, exchange, routing_key, body, traceparent, created_at'

/** Stores the messages without a lease, because these relays find rows by themselves. */
export const storeOnly = (messages: readonly Outgoing[]): Handoff => ({
  statements: messages.length === 0 ? [] : [insertOutbox(messages, { leased: 0, leaseMs: 0 })],
  committed: () => undefined,
  abandoned: () => undefined,
})

export const publish = (publisher: Publisher, row: StoredMessage): Promise<void> =>
  publisher.publish({ exchange: row.exchange, routingKey: row.routing_key }, toWire(row))

const toWire = (row: StoredMessage): WireMessage => ({
  id: row.id,
  type: row.type,
  correlationId: row.subject,
  appId: 'bench',
  contentType: 'application/json',
  timestamp: row.created_at,
  body: Buffer.from(row.body),
  headers: row.traceparent ? { traceparent: row.traceparent } : {},
})

export const deleteRows = async (sql: Sql, seqs: readonly number[]): Promise<void> => {
  if (seqs.length > 0) await sql.query('delete from outbox where seq = any($1::bigint[])', [seqs])
}
