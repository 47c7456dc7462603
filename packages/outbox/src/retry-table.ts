/**
 * The retry table stores the waiting deliveries of a broker without retry queues: failed ones until they are due, and those
 * that did not fit into its buffer. It is durable.
 */
import type { RetryStore, WaitingDelivery, WireMessage } from '@quadrille/messaging'
import { parameterTable, type Sql, storableJson, storableText } from '@quadrille/postgres'

interface StoredRow {
  key: number
  message: Omit<WireMessage, 'body' | 'timestamp'> & { timestamp: string }
  body: Buffer
  exchange: string
  attempts: number
  crashes: number
  first_failed_at: Date | null
}

/** A RetryStore in the consumer's own database. */
export const retryTable = (sql: Sql): RetryStore => ({
  add: async (queue, deliveries) => {
    for (const distinct of withDistinctIds(deliveries)) await upsertRetries(sql, queue, distinct)
  },

  /** A taken row becomes due again when the lease expires, so it survives a crash. */
  take: async (queue, limit, leaseMs) => {
    const rows = await sql.query<StoredRow>(
      `update retry set due_at = clock_timestamp() + $3 * interval '1 millisecond', taken = true
       where key = any(array(
         select key from retry where queue = $1 and due_at <= statement_timestamp()
         order by due_at, key limit $2 for update skip locked
       ))
       returning key, message, body, exchange, attempts, deaths as crashes, first_failed_at`,
      [queue, limit, leaseMs],
    )
    return rows
      .sort((a, b) => a.key - b.key)
      .map(({ key, message, body, exchange, attempts, crashes, first_failed_at }) => ({
        key: JSON.stringify([key, message.id]),
        message: { ...message, timestamp: new Date(message.timestamp), body },
        exchange,
        attempts,
        crashes,
        firstFailedAt: first_failed_at,
      }))
  },

  /**
   * The key of a delivery contains the message id. After a failover that has lost commits, Postgres gives the numbers of lost rows to
   * other messages.
   */
  remove: async (keys) => {
    const rows = keys.map((key) => JSON.parse(key)).map(([key, id]) => ({ key, id }))
    await sql.query(
      `delete from retry
       where key = any($1::bigint[]) and ((key, message ->> 'id') in (select ${removed.columns} from ${removed.sql} as removed)) is true`,
      removed.values(rows),
    )
  },

  /** Excludes rows whose lease has expired while their consumer still holds them. */
  countDue: async (queue, limit) => {
    const [row] = await sql.query<{ due: number }>(
      `select count(*)::integer as due from (
         select from retry where queue = $1 and due_at <= statement_timestamp() and not taken limit $2
       ) as waiting`,
      [queue, limit],
    )
    return row?.due ?? 0
  },

  nextDueMs: async (queue) => {
    const [row] = await sql.query<{ due_ms: number | null }>(
      `select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::float as due_ms from retry where queue = $1`,
      [queue],
    )
    return row && row.due_ms !== null ? Math.max(0, Math.ceil(row.due_ms)) : null
  },

  release: async (queue) => {
    await sql.query(`update retry set taken = false, due_at = clock_timestamp() where queue = $1 and taken`, [queue])
  },

  countCrashes: async (queue) => {
    await sql.query(
      `update retry set deaths = deaths + 1, taken = false, due_at = clock_timestamp() where queue = $1 and taken`,
      [queue],
    )
  },
})

const removed = parameterTable({ key: 'bigint', id: 'text' })

const given = parameterTable({
  message: 'jsonb',
  body: 'bytea',
  exchange: 'text',
  attempts: 'integer',
  deaths: 'integer',
  error: 'text',
  first_failed_at: 'timestamptz',
  delay_ms: 'float',
})

/**
 * A message has one row in each queue, so a failed delivery replaces its row. The new key protects the row from a late removal of the
 * replaced one. A copy with fewer attempts is not stored: its message was published again, because its confirm was lost.
 */
const upsertRetries = async (sql: Sql, queue: string, deliveries: readonly WaitingDelivery[]): Promise<void> => {
  await sql.query(
    `insert into retry (queue, message, body, exchange, attempts, deaths, error, first_failed_at, due_at)
     select ${given.after(1)}, message, body, exchange, attempts, deaths, error, first_failed_at,
            clock_timestamp() + delay_ms * interval '1 millisecond'
     from ${given.sql} as delivery
     on conflict ((message ->> 'id'), queue, exchange, sha256(body)) do update
       set key = default, attempts = excluded.attempts, deaths = excluded.deaths,
           error = coalesce(excluded.error, retry.error),
           first_failed_at = least(retry.first_failed_at, excluded.first_failed_at), due_at = excluded.due_at, taken = false
       where excluded.attempts >= retry.attempts`,
    [...given.values(deliveries.map(toRow)), queue],
  )
}

/** One statement can't store a row twice. */
const withDistinctIds = (deliveries: readonly WaitingDelivery[]): Iterable<WaitingDelivery[]> => {
  const counts = new Map<string, number>()
  return Map.groupBy(deliveries, ({ message: { id } }) => {
    const count = counts.get(id) ?? 0
    counts.set(id, count + 1)
    return count
  }).values()
}

const toRow = (delivery: WaitingDelivery) => {
  const { body, ...message } = delivery.message
  return {
    message: storableJson(message),
    body,
    exchange: delivery.exchange,
    attempts: delivery.attempts,
    deaths: delivery.crashes,
    error: delivery.error === null ? null : storableText(delivery.error),
    first_failed_at: delivery.firstFailedAt,
    delay_ms: delivery.delayMs,
  }
}
