import type { Value } from './sql.ts'

/** The types of columns that parameters have, with the values that rows have in them. Each may also be null. */
interface Values {
  readonly uuid: string
  readonly text: string
  readonly integer: number
  readonly bigint: number
  readonly float: number
  readonly boolean: boolean
  /** RFC 3339 in a string. */
  readonly timestamptz: Date | string
  /** JSON as text. */
  readonly json: string
  readonly jsonb: string
  readonly bytea: Uint8Array
}

type ColumnType = keyof Values

type Row<Types extends Readonly<Record<string, ColumnType>>> = {
  readonly [Column in keyof Types]: Values[Types[Column]] | null
}

/** A table whose rows are the parameters of a statement. */
interface ParameterTable<Row> {
  /** The names of the columns, separated by commas. */
  readonly columns: string
  /** SQL for the table: `from ${given.sql} as given`. The rows are in the order in which they were passed. */
  readonly sql: string
  /** The parameters $1 …: an array for each column. A row may have other fields too. */
  readonly values: (rows: readonly Row[]) => Value[]
  /** SQL for the n-th parameter after `values`, from 1. */
  readonly after: (n: number) => string
}

/**
 * A table of parameters with these columns.
 *
 * Each column is an `unnest` in the select list. One `unnest` of all arrays in a `from` clause would first copy each column to a
 * store of its own.
 */
export const parameterTable = <const Types extends Readonly<Record<string, ColumnType>>>(
  types: Types,
): ParameterTable<Row<Types>> => {
  const names = Object.keys(types)
  const unnested = Object.entries(types).map(([column, type], index) => `unnest($${index + 1}::${type}[]) as ${column}`)
  return {
    columns: names.join(', '),
    sql: `(select ${unnested.join(', ')})`,
    values: (rows) => names.map((name) => rows.map((row) => row[name] as Values[ColumnType] | null)),
    after: (n) => `$${names.length + n}`,
  }
}
