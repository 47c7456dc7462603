/** The faults: processes are killed, or a database can't be reached. */
import { waitUntil } from '@quadrille/testing/waiting'
import type { Client } from 'pg'
import { type PostgresServer, withSession } from '../../src/systems/postgres.ts'
import type { System, SystemProcess } from '../../src/systems/system.ts'
import { killProcesses } from '../outage/kill.ts'
import type { BeginFault } from '../outage/outage.ts'

export interface Faulty {
  readonly database: System['database']
  readonly postgres: PostgresServer
  /** The processes that run at present. A fault replaces those that it starts again. */
  readonly processes: SystemProcess[]
  /** Stops the processes that a fault has started. */
  readonly stopping: AsyncDisposableStack
}

/** Begins the fault. Resolves to a function that ends it. */
export type Fault = (faulty: Faulty) => ReturnType<BeginFault>

const participants = 3
const pollMs = 1
/** Below the time for which a coordinator waits for a lock. */
const lockedForMs = 900

/**
 * Kills coordinators between the two phases. For that the table of decisions is locked for a moment, until an order is prepared in
 * all databases and has no decision. Otherwise only some kills would hit this moment.
 * @param which - the coordinator of this order, or all
 */
export const coordinatorKilled =
  (which: 'one' | 'all'): Fault =>
  async (faulty) => {
    return withSession(faulty.database, async (session) => {
      const gid = await untilPrepared(session)
      return kill(faulty, ({ name }) => which === 'all' || gid.startsWith(`${name}:`))
    })
  }

/** Resolves to the transaction of an order without a decision. The table of decisions stays locked. */
const untilPrepared = (session: Client): Promise<string> => {
  const open = `select min(gid) as found from pg_prepared_xacts
    where not exists (select from decision where order_id::text = split_part(gid, ':', 2))
    group by split_part(gid, ':', 2) having count(*) = ${participants}`
  let lockedAt = Number.NEGATIVE_INFINITY
  const isLocked = () => performance.now() - lockedAt < lockedForMs
  return until(open, async () => {
    if (!isLocked()) {
      lockedAt = performance.now()
      await session.query('rollback; begin; lock table decision in share mode')
    }
    const found = await find(session, open)
    return isLocked() && found
  })
}

/** Kills instances of the order service while an order is open. */
export const orderServiceKilled =
  (which: 'one' | 'all'): Fault =>
  async (faulty) => {
    const open = 'select id as found from customer_order where not settled limit 1'
    await withSession(faulty.database, (session) => until(open, () => find(session, open)))
    const instances = faulty.processes.filter(({ name }) => name === 'order')
    return kill(faulty, (process) => (which === 'all' ? instances : instances.slice(0, 1)).includes(process))
  }

/** Closes all connections to the database, and refuses new ones. */
export const databaseAway =
  (database: string): Fault =>
  async ({ postgres: { session } }) => {
    const allow = (isAllowed: boolean) =>
      session.query(`alter database ${session.escapeIdentifier(database)} allow_connections ${isAllowed}`)
    await allow(false)
    await session.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [database])
    return async () => {
      await allow(true)
    }
  }

/** Ends processes as a crash does. Resolves to a function that starts them again. */
const kill = async (
  { processes, stopping }: Faulty,
  isMeant: (process: SystemProcess) => boolean,
): Promise<() => Promise<void>> => {
  const killed = processes.filter(isMeant)
  const restart = await killProcesses(killed, stopping)
  return async () => {
    processes.push(...restart())
    for (const each of killed) processes.splice(processes.indexOf(each), 1)
  }
}

const find = async (session: Client, query: string): Promise<string | undefined> =>
  (await session.query<{ found: string }>(query)).rows[0]?.found

/** @throws if the query finds nothing in time. */
const until = (query: string, read: () => Promise<string | false | undefined>): Promise<string> =>
  waitUntil(read, { interval: pollMs, what: `a row of: ${query}` })
