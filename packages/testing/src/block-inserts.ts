/** The part of a database client that `blockInserts` needs. */
interface Queries {
  query(text: string): Promise<readonly unknown[]>
}

export interface InsertBlock {
  /** The number of blocked transactions. */
  count(): Promise<number>
  /** Lets the blocked transactions and all later ones continue. */
  release(): Promise<void>
}

/**
 * Blocks the inserts of certain rows into a table, as if the process were paused. The earlier statements of the transaction
 * stay uncommitted. A blocked insert ends at the statement timeout of its session.
 * @param when - the condition on the new row, as SQL: `new.amount = 42`
 */
export const blockInserts = async (database: Queries, table: string, when: string): Promise<InsertBlock> => {
  const name = `block_${table}`
  await database.query(`create table ${name} as select true as held`)
  await database.query(
    `create function ${name}() returns trigger language plpgsql as $$
       begin
         while exists (select from ${name}) loop perform pg_sleep(0.05); end loop;
         return new;
       end $$`,
  )
  await database.query(
    `create trigger ${name} before insert on ${table} for each row when (${when}) execute function ${name}()`,
  )
  const sleeping = "select 1 from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
  return {
    count: async () => (await database.query(sleeping)).length,
    release: async () => void (await database.query(`delete from ${name}`)),
  }
}
