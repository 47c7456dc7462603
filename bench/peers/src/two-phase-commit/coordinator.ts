/** Two-phase commit with presumed abort: a transaction without a decision to commit is rolled back. */
import type { PoolClient } from 'pg'
import type { Order } from '../shop/order.ts'
import { decideToCommit, orders, type Participant, participants } from './participants.ts'
import { outcomeOf } from './recovery.ts'

/**
 * Commits the order in all databases. Resolves once the decision is stored and each reachable participant has committed; recovery
 * does that in the others.
 * @param coordinator - its name, the first part of the ids of its transactions
 * @throws the reason if the order was rolled back. If the outcome is unknown, recovery finds it.
 */
export const commitOrder = async (order: Order, coordinator: string): Promise<void> => {
  const attempts = await Promise.allSettled(participants.map((participant) => prepare(participant, order, coordinator)))
  const prepared = attempts.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const failure = attempts.find((one) => one.status === 'rejected')?.reason ?? (await decide(order, prepared))
  await Promise.all(prepared.map((one) => finish(one, failure === null)))
  if (failure !== null) throw failure
}

interface Prepared {
  readonly gid: string
  /** Kept for the second phase, which must not wait for a connection. */
  readonly client: PoolClient
}

/** The first phase. */
const prepare = async ({ name, pool, work }: Participant, order: Order, coordinator: string): Promise<Prepared> => {
  const gid = [coordinator, order.id, name].join(':') // unique in the server, not only in the database
  const client = await pool.connect()
  try {
    const [, changed] = await Promise.all([
      client.query('begin'),
      client.query(work(order)),
      client.query(`prepare transaction '${gid}'`), // rolls back if the statement before has failed
    ])
    if (changed.rowCount === 0) throw new Error(`Nothing matches order ${order.id}.`)
    return { gid, client }
  } catch (error) {
    client.release(true) // if it is prepared nevertheless, recovery rolls it back
    throw error
  }
}

/**
 * Stores the decision. Resolves to null if the order commits, otherwise to the reason.
 * @throws if the outcome is unknown, because the database of the decisions is away: then the participants stay prepared.
 */
const decide = async (order: Order, prepared: readonly Prepared[]): Promise<unknown> => {
  try {
    await orders.pool.query(decideToCommit(order))
    return null
  } catch (error) {
    try {
      return (await outcomeOf(order.id)) ? null : error // the connection may have broken after the commit
    } catch (unknown) {
      for (const { client } of prepared) client.release()
      throw unknown
    }
  }
}

/** The second phase. */
const finish = async ({ client, gid }: Prepared, commits: boolean): Promise<void> => {
  try {
    await client.query(`${commits ? 'commit' : 'rollback'} prepared '${gid}'`)
    client.release()
  } catch (error) {
    console.error(error) // the participant is away, and recovery repeats it
    client.release(true)
  }
}
