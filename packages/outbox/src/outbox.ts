/** The outbox table: one statement per function. */
import { contentType, type Decoded, maxBodyBytes } from '@quadrille/messages'
import type { Address, WireMessage } from '@quadrille/messaging'
import { isLockTimeout, parameterTable, type Sql, type Statement } from '@quadrille/postgres'
import { keyValues, matchesKeys, type RowKey } from './row-key.ts'

/** A message that a transaction sends. */
export interface Outgoing {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly to: Address
  readonly body: string
  /** The size of the body in UTF-8. Default: it is computed. */
  readonly bytes?: number
  readonly traceparent: string | undefined
  /** The message that the body contains, if that is its newest version. It is not stored. */
  readonly decoded?: Decoded | undefined
}

/** An outgoing message that is stored in the table. */
export interface OutboxRow extends Outgoing {
  readonly seq: number
  /** When it was stored. For a paced replay or a moved retry, the time for which it is scheduled. */
  readonly createdAt: Date
  /** The number of process crashes while it was handled. Counted only if the broker is in-process. */
  readonly crashes: number
  /** Set for a message that is sent unchanged, such as a dead letter. The other fields of the row are then not sent. */
  readonly verbatim?: WireMessage
  /** The exchange of its first delivery. */
  readonly originalExchange?: string | undefined
}

interface StoredRow {
  seq: number
  id: string
  type: string
  subject: string
  exchange: string
  routing_key: string
  body: string
  traceparent: string | null
  created_at: Date
  crashes: number
  message: (Omit<WireMessage, 'body' | 'timestamp'> & { timestamp: string; exchange?: string; moved?: true }) | null
  bytes: Buffer | null
}

const given = parameterTable({
  id: 'uuid',
  type: 'text',
  subject: 'uuid',
  exchange: 'text',
  routing_key: 'text',
  body: 'text',
  traceparent: 'text',
  position: 'integer',
})

/** The columns that the table adds to the messages of a statement. */
export interface Inserted {
  /** In the order of the messages. */
  readonly seqs: readonly number[]
  readonly created_at: Date
}

/**
 * The statement that stores the messages, the first `leased` of them with a lease for the caller. Any relay may send the others
 * at once. It returns one row of `Inserted`.
 */
export const insertOutbox = (
  messages: readonly Outgoing[],
  { leased, leaseMs }: { readonly leased: number; readonly leaseMs: number },
): Statement => ({
  text: `with inserted as (
      insert into outbox (id, type, subject, exchange, routing_key, body, traceparent, taken, leased_until)
      select id, type, subject, exchange, routing_key, body, traceparent, position < ${given.after(1)},
             clock_timestamp() + case when position < ${given.after(1)} then ${given.after(2)} else 0 end * interval '1 millisecond'
      from ${given.sql} as message order by position
      returning seq, created_at
    )
    select json_agg(seq order by seq) as seqs, min(created_at) as created_at from inserted`,
  values: [...given.values(messages.map(toRow)), leased, leaseMs],
})

const toRow = ({ id, type, subject, to, body, traceparent }: Outgoing, position: number) => ({
  id,
  type,
  subject,
  exchange: to.exchange,
  routing_key: to.routingKey,
  body,
  traceparent: traceparent ?? null,
  position,
})

/** The first messages of the statement as rows of the table. */
export const insertedRows = (messages: readonly Outgoing[], { seqs, created_at: createdAt }: Inserted): OutboxRow[] =>
  messages.flatMap((message, index) => {
    const seq = seqs[index]
    return seq === undefined ? [] : [{ ...message, seq, createdAt, crashes: 0 }]
  })

/**
 * The condition for a row that may be sent now. Only a replay is scheduled for more than 10 minutes ahead. A moved retry
 * waits for 10 minutes at most (`insertVerbatim` stores both), and so does a row after a failure. If another row seems to be later,
 * the clock of Postgres was set back.
 */
const isDue = `(leased_until <= clock_timestamp()
                or (letter_id is null and leased_until > clock_timestamp() + interval '15 minutes'))`

/**
 * Leases up to `limit` rows without a lease, the oldest first. Skips rows that another relay is leasing. Of the replays with a body
 * above the maximum size only the oldest is leased: some of them together could exceed the memory of the process.
 */
export const leaseOutbox = async (sql: Sql, limit: number, leaseMs: number): Promise<OutboxRow[]> => {
  const rows = await sql.query<StoredRow>(
    `update outbox set taken = true, leased_until = clock_timestamp() + $2 * interval '1 millisecond'
     where seq = any(array(
       select seq from outbox
       where ${isDue} and (
         bytes is null or octet_length(bytes) <= $3
         or seq = (select min(seq) from outbox where ${isDue} and octet_length(bytes) > $3)
       )
       order by seq limit $1 for update skip locked
     ))
     returning seq, id, type, subject, exchange, routing_key, body, traceparent, created_at, deaths as crashes, message, bytes`,
    [limit, leaseMs, maxBodyBytes],
  )
  return rows.sort((a, b) => a.seq - b.seq).map(fromStored)
}

/**
 * Ends the leases of rows, so that any relay may send them at once. A row whose confirm is still under way is then sent twice.
 */
export const releaseOutbox = async (sql: Sql, rows: readonly RowKey[]): Promise<void> => {
  await sql.query(
    `update outbox set taken = false, leased_until = clock_timestamp() where ${matchesKeys}`,
    keyValues(rows),
  )
}

/**
 * Releases all leased rows, also those whose sending has failed. Scheduled replays and pauses stay. Called at a stop by the only
 * process that leases rows, so that the next one counts no crash for them.
 */
export const releaseAllLeases = async (sql: Sql): Promise<void> => {
  await sql.query(`update outbox set taken = false, leased_until = clock_timestamp() where taken`)
}

/**
 * Counts a crash for each leased row, and releases it. Called at startup by the only process that leases rows: these rows
 * were in flight when the previous process crashed.
 */
export const countOutboxCrashes = async (sql: Sql): Promise<void> => {
  await sql.query(`update outbox set deaths = deaths + 1, taken = false, leased_until = clock_timestamp() where taken`)
}

/** How long a deletion waits for a row that another session has locked. Other relays lock a row for a moment. */
const deletionLockTimeout = '50ms'

/**
 * Deletes rows that the broker has confirmed, without waiting for the disk: if a crash undoes a deletion, the message
 * is sent twice, and the inboxes recognize it. A row that another session has locked for longer stays, and is sent again: a second
 * statement, which costs more, then deletes the others.
 */
export const deleteOutbox = async (sql: Sql, rows: readonly RowKey[]): Promise<void> => {
  try {
    await sql.query(deletionOf(matchesKeys), keyValues(rows))
  } catch (error) {
    if (!isLockTimeout(error)) throw error
    await sql.query(
      deletionOf(`seq in (select seq from outbox where ${matchesKeys} for update skip locked)`),
      keyValues(rows),
    )
  }
}

const deletionOf = (condition: string): string =>
  `with settings as materialized (
     select set_config('synchronous_commit', 'off', true), set_config('lock_timeout', '${deletionLockTimeout}', true)
   )
   delete from outbox using settings where ${condition}`

/**
 * Messages that are due and not confirmed. Excludes paced replays that are scheduled for later, and rows that pause after
 * a failure.
 */
export interface Backlog {
  /** Counted up to the limit only. */
  readonly rows: number
  readonly oldestAgeMs: number
}

export const outboxBacklog = async (sql: Sql, limit: number): Promise<Backlog> => {
  const [row] = await sql.query<{ rows: number; age_ms: number | null }>(
    `select count(*)::integer as rows, (extract(epoch from clock_timestamp() - min(created_at)) * 1000)::float as age_ms
     from (
       select created_at from outbox where taken or ${isDue} order by seq limit $1
     ) as oldest`,
    [limit],
  )
  return { rows: row?.rows ?? 0, oldestAgeMs: Math.max(0, row?.age_ms ?? 0) }
}

/** True for a replay whose body exceeds the maximum size. A sweep leases one of them at most. */
export const isOversized = ({ verbatim }: OutboxRow): boolean => (verbatim?.body.byteLength ?? 0) > maxBodyBytes

/** The message as the broker expects it. */
export const toWire = (row: OutboxRow, appId: string): WireMessage =>
  row.verbatim ?? {
    id: row.id,
    type: row.type,
    correlationId: row.subject,
    appId,
    contentType,
    timestamp: row.createdAt,
    body: Buffer.from(row.body),
    headers: row.traceparent ? { traceparent: row.traceparent } : {},
  }

const fromStored = ({ message: stored, ...row }: StoredRow): OutboxRow => ({
  seq: row.seq,
  id: row.id,
  type: row.type,
  subject: row.subject,
  to: { exchange: row.exchange, routingKey: row.routing_key },
  body: row.body,
  traceparent: row.traceparent ?? undefined,
  createdAt: row.created_at,
  crashes: row.crashes,
  ...(stored && verbatim(stored, row.bytes)),
})

const verbatim = (
  { exchange, timestamp, moved: _, ...message }: NonNullable<StoredRow['message']>,
  bytes: Buffer | null,
): Pick<OutboxRow, 'verbatim' | 'originalExchange'> => ({
  verbatim: { ...message, timestamp: new Date(timestamp), body: bytes ?? Buffer.alloc(0) },
  originalExchange: exchange,
})
