import type { Message } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import { RowSet, type StoredWorkingSet, type Tables } from './working-set.ts'

interface StateRow<State> {
  readonly order_id: string
  readonly state: State
}

/**
 * Tables for a service that keeps one JSON state for each order: a table with the columns `order_id uuid primary key` and
 * `state jsonb not null`. Services with more to look up by bring tables of their own.
 */
export const stateTable = <State>(table: string): Tables<State | undefined> => {
  if (!/^[a-z_]+$/.test(table)) throw new Error(`${table} is no name for a table.`)
  return {
    ownRows: [{ table, orderId: 'order_id' }],
    load: async (sql, messages) => {
      const rows = await sql.query<StateRow<State>>(
        `select order_id, state from ${table} where order_id = any($1::uuid[]) order by order_id for update`,
        [messages.map(({ subject }) => subject)],
      )
      return stateSet(table, rows)
    },
  }
}

const stateSet = <State>(table: string, found: readonly StateRow<State>[]): StoredWorkingSet<State | undefined> => {
  const rows = new RowSet(found, ({ order_id }) => order_id)
  const columns = (changed: readonly StateRow<State>[]) => [
    changed.map(({ order_id }) => order_id),
    changed.map(({ state }) => JSON.stringify(state)),
  ]
  const given = 'unnest($1::uuid[], $2::jsonb[]) as given (order_id, state)'
  return {
    of: ({ subject }: Message) => rows.get(subject)?.state,
    put: ({ subject }: Message, state: State | undefined) => {
      if (state !== undefined) rows.set(subject, { order_id: subject, state })
    },
    save: async (sql: Sql) => {
      const [inserted, updated] = [rows.inserted(), rows.updated()]
      if (inserted.length > 0)
        await sql.query(
          `insert into ${table} (order_id, state) select order_id, state from ${given}`,
          columns(inserted),
        )
      if (updated.length > 0) {
        await sql.query(
          `update ${table} set state = given.state from ${given} where ${table}.order_id = given.order_id`,
          columns(updated),
        )
      }
    },
  }
}
