import type { Database } from '@quadrille/postgres'

/**
 * Creates the trigger, and the row that shows whether the relay is awake. While it is, the trigger sends no notification: commits
 * with notifications wait for each other. The table is unlogged: a crash of the server empties it, and the relay
 * calls `setAsleep` when it is connected again. The notification has no payload: the rows are in the table.
 */
export const createTrigger = async (database: Database): Promise<void> => {
  const statements = [
    'create unlogged table if not exists outbox_reader (awake boolean not null)',
    `create or replace function notify_of_outbox() returns trigger language plpgsql as $$
     begin
       if not exists (select from outbox_reader where awake) then
         perform pg_notify('outbox', '');
       end if;
       return null;
     end $$`,
    `create or replace trigger outbox_inserted after insert on outbox
     for each statement execute function notify_of_outbox()`,
  ]
  await database.transaction(async (sql) => {
    for (const statement of statements) await sql.query(statement)
  })
  await setAsleep(database)
}

/** Stores that the relay sleeps, so that the next row notifies it. Without the row each statement would notify. */
export const setAsleep = async (database: Database): Promise<void> => {
  await database.transaction(async (sql) => {
    await sql.query('delete from outbox_reader')
    await sql.query('insert into outbox_reader values (false)')
  })
}
