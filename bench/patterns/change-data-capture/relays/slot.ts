/** The replication slot of an outbox, and its publication. */
import type { Database, Sql } from '@quadrille/postgres'

export const slotName = 'outbox_relay'
export const publicationName = 'outbox_relay'

/** How the server sees a slot (https://www.postgresql.org/docs/current/view-pg-replication-slots.html). */
export interface SlotState {
  readonly wal_status: 'reserved' | 'extended' | 'unreserved' | 'lost'
  readonly active: boolean
}

export const readSlot = async (sql: Sql): Promise<SlotState | null> => {
  const [row = null] = await sql.query<SlotState>(
    'select wal_status, active from pg_replication_slots where slot_name = $1',
    [slotName],
  )
  return row
}

/**
 * Creates the slot unless a usable one exists. A slot that has lost a part of its log can't be repaired, and is replaced. Returns
 * true if the table must be read: the rows that were committed before the slot was created are not in its log.
 */
export const ensureSlot = async (database: Database): Promise<boolean> => {
  const slot = await readSlot(database)
  if (slot && slot.wal_status !== 'lost') return !(await wasTableRead(database))
  if (slot) await dropSlot(database)
  await database.query(`drop publication if exists ${publicationName}`)
  // Only inserts: the log also contains the deletions of the confirmed rows.
  await database.query(
    `create publication ${publicationName} for table outbox where (message is null) with (publish = 'insert')`,
  )
  await database.query(`select pg_create_logical_replication_slot($1, 'pgoutput')`, [slotName])
  return true
}

/** Records it in the comment of the publication, which is as new as the slot, because the relay may be killed in between. */
export const recordTableRead = async (sql: Sql): Promise<void> => {
  await sql.query(`comment on publication ${publicationName} is 'The table was read.'`)
}

const wasTableRead = async (sql: Sql): Promise<boolean> => {
  const [row] = await sql.query<{ read: boolean }>(
    `select obj_description(oid, 'pg_publication') is not null as read from pg_publication where pubname = $1`,
    [publicationName],
  )
  return row?.read ?? false
}

/** A position that the client, which confirms the byte after it, can repeat without moving the slot. */
export const beforeConfirmed = async (sql: Sql): Promise<string> => {
  const [row] = await sql.query<{ lsn: string }>(
    'select (confirmed_flush_lsn - 1::numeric)::text as lsn from pg_replication_slots where slot_name = $1',
    [slotName],
  )
  if (!row) throw new Error(`The slot ${slotName} does not exist.`)
  return row.lsn
}

/** Gives up a slot that is not read any more, so that the server need not keep the log. */
export const dropSlot = async (database: Database): Promise<void> => {
  await database.query(
    'select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = $1 and database = current_database()',
    [slotName],
  )
}
