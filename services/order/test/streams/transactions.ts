/** Transactions that insert events, and commit in another order than they begin. */
import { randomUUID } from 'node:crypto'
import type { Database, Sql, Transaction } from '@quadrille/postgres'
import type { Random } from '@quadrille/testing'
import { onTestFinished } from 'vitest'

/** The transactions below wait for a test that does other things, so a slow machine must not close their connections. */
export const idleInTransactionMs = 60_000

/** Inserts an event of an order. Returns its id. */
export const insert = async (sql: Pick<Sql, 'query'>, orderId: string, type = 'OrderPlaced'): Promise<string> => {
  const id = randomUUID()
  const event = { type, subject: orderId, data: { orderId } }
  await sql.query('insert into order_event (order_id, id, event) values ($1, $2, $3)', [
    orderId,
    id,
    JSON.stringify(event),
  ])
  return id
}

export interface OpenTransaction {
  readonly orderId: string
  /** The ids of its events. */
  readonly inserted: readonly string[]
  insert(): Promise<void>
  end(commits: boolean): Promise<void>
}

/**
 * Begins a transaction that is open until the test ends it, or is finished. It claims its order first, as a batch does.
 */
export const begin = async (database: Database, orderId: string): Promise<OpenTransaction> => {
  const [begun, ending] = [Promise.withResolvers<Transaction>(), Promise.withResolvers<boolean>()]
  onTestFinished(() => ending.resolve(false))
  const rolledBack = new Error('rolled back')
  const ended = database
    .transaction(async (sql) => {
      await sql.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [orderId])
      begun.resolve(sql)
      if (!(await ending.promise)) throw rolledBack
    })
    .catch((error) => {
      begun.reject(error)
      if (error !== rolledBack) return error
    })
  const sql = await begun.promise
  const inserted: string[] = []
  return {
    orderId,
    inserted,
    insert: async () => void inserted.push(await insert(sql, orderId)),
    end: async (commits) => {
      ending.resolve(commits)
      const error = await ended
      if (error !== undefined) throw error
    },
  }
}

const orderIds = Array.from({ length: 5 }, (_, index) => `00000000-0000-4000-8000-00000000000${index}`)

/** Up to five transactions at a time, of which each step begins, continues or ends one. */
export const randomTransactions = (database: Database, random: Random) => {
  const open = new Set<OpenTransaction>()
  const committed: string[] = []
  const end = async (transaction: OpenTransaction, commits: boolean) => {
    open.delete(transaction)
    await transaction.end(commits)
    if (commits) committed.push(...transaction.inserted)
  }
  return {
    step: async (): Promise<void> => {
      const free = orderIds.filter((id) => ![...open].some(({ orderId }) => orderId === id))
      if (open.size === 0 || (free.length > 0 && random.chance(0.3))) {
        const transaction = await begin(database, random.pick(free))
        open.add(transaction)
        return await transaction.insert()
      }
      const chosen = random.pick([...open])
      if (random.chance(0.4)) await chosen.insert()
      else await end(chosen, random.chance(0.9))
    },
    /** Commits all. Returns the ids of all events that were committed. */
    end: async (): Promise<readonly string[]> => {
      for (const transaction of open) await end(transaction, true)
      return committed
    },
  }
}
