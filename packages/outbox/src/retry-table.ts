/** The retry table: where deliveries wait when the broker has no delay queues. It outlives the process. */
import type { RetryStore, WaitingDelivery, WireMessage } from '@quadrille/messaging'
import type { Sql } from '@quadrille/postgres'

interface StoredRow {
  key: number
  message: Omit<WireMessage, 'body' | 'timestamp'> & { timestamp: string }
  body: Buffer
  attempts: number
}

/** A RetryStore in the consumer's own database. */
export const retryTable = (sql: Sql): RetryStore => ({
  add: (queue, deliveries) => insertRetries(sql, queue, deliveries),

  /** A taken row becomes due again when the lease lapses, which is how it survives the one who took it. */
  take: async (queue, limit, leaseMs) => {
    const rows = await sql.query<StoredRow>(
      `update retry set due_at = clock_timestamp() + $3 * interval '1 millisecond'
       where key in (
         select key from retry where queue = $1 and due_at <= clock_timestamp()
         order by due_at, key limit $2 for update skip locked
       )
       returning key, message, body, attempts`,
      [queue, limit, leaseMs],
    )
    return rows
      .sort((a, b) => a.key - b.key)
      .map(({ key, message, body, attempts }) => ({
        key: String(key),
        message: { ...message, timestamp: new Date(message.timestamp), body },
        attempts,
      }))
  },

  remove: async (_queue, keys) => {
    await sql.query('delete from retry where key = any($1::bigint[])', [keys])
  },
})

const insertRetries = async (sql: Sql, queue: string, deliveries: readonly WaitingDelivery[]): Promise<void> => {
  await sql.query(
    `insert into retry (queue, message, body, attempts, error, due_at)
     select $1, message, body, attempts, error, clock_timestamp() + delay_ms * interval '1 millisecond'
     from unnest($2::jsonb[], $3::bytea[], $4::integer[], $5::text[], $6::float[])
          as delivery (message, body, attempts, error, delay_ms)`,
    [
      queue,
      deliveries.map(({ message: { body: _, ...rest } }) => JSON.stringify(rest)),
      deliveries.map(({ message }) => Buffer.from(message.body)),
      deliveries.map(({ attempts }) => attempts),
      deliveries.map(({ error }) => error),
      deliveries.map(({ delayMs }) => delayMs),
    ],
  )
}
