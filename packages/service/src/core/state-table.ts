import type { Message } from '@quadrille/messages'
import { parameterTable } from '@quadrille/postgres'
import { checkNames, type OwnRow } from './claim.ts'
import { RowSet, type StoredWorkingSet, type Tables } from './working-set.ts'

interface StateRow<State> {
  readonly subject: string
  readonly state: State
}

/** Only values that JSON can hold fit: it would silently change a Map or a Date, which have methods. */
type Json<Value> = { readonly [Name in keyof Value]: JsonField<Value[Name]> }

type JsonField<Value> = unknown extends Value
  ? Value // not known to the compiler
  : Value extends string | number | boolean | null | undefined
    ? Value // also a branded one, whose brand is not stored
    : Value extends bigint | symbol | ((...args: never) => unknown)
      ? never
      : Json<Value>

/**
 * Tables for a service that keeps one JSON state for each subject: one table with the columns `state jsonb not null` and
 * `subject uuid primary key`, or another name for the latter. Its rows are never deleted. Services that need other queries define
 * their own tables. The state is JSON: numbers must be finite, and an undefined property is absent when it is loaded.
 */
export const stateTable = <State extends Json<State>>(table: string, column = 'subject'): Tables<State | undefined> => {
  const ownRow = { table, column }
  checkNames(ownRow)
  return {
    ownRows: [ownRow],
    load: async (sql, { claimedSql }) => {
      const rows = await sql.query<StateRow<State>>(
        `select ${column} as subject, state from ${table}
         where ${column} = any(${claimedSql}) order by ${column} for update`,
      )
      return stateSet(ownRow, rows)
    },
  }
}

const given = parameterTable({ subject: 'uuid', state: 'jsonb' })

const stateSet = <State>(
  { table, column }: OwnRow,
  found: readonly StateRow<State>[],
): StoredWorkingSet<State | undefined> => {
  const rows = new RowSet(({ subject }) => subject, found)
  const valuesOf = (changed: readonly StateRow<State>[]) =>
    given.values(changed.map(({ subject, state }) => ({ subject, state: JSON.stringify(state) })))
  return {
    of: ({ subject }: Message) => rows.get(subject)?.state,
    put: ({ subject }: Message, state: State | undefined) => {
      if (state !== undefined) rows.set(subject, { subject, state })
    },
    changes: () =>
      rows.changes({
        insert: (fresh) => ({
          text: `insert into ${table} (${column}, state) select subject, state from ${given.sql} as given`,
          values: valuesOf(fresh),
        }),
        update: (changed) => ({
          text: `update ${table} set state = given.state from ${given.sql} as given where ${table}.${column} = given.subject`,
          values: valuesOf(changed),
        }),
      }),
  }
}
