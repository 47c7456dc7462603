import type { Sql } from '@quadrille/postgres'

/**
 * Whether `npm start` runs on this database with the in-process broker, so that there are no queues of RabbitMQ. It then holds an
 * advisory lock, whose keys are those of local/src/ownership.ts. Every role may read pg_locks.
 */
export const hasInProcessBroker = async (sql: Sql): Promise<boolean> => {
  const owners = await sql.query(
    `select pid from pg_locks
     where locktype = 'advisory' and classid = ${0x51_75_61_64} and objid = 1 and objsubid = 2 and granted
       and database = (select oid from pg_database where datname = current_database())`,
  )
  return owners.length > 0
}
