/** The types of columns that parameters have. */
export type ColumnType = 'uuid' | 'text' | 'integer' | 'bigint' | 'boolean' | 'timestamptz' | 'json' | 'jsonb'

/**
 * SQL for a table of parameters: $1 … are the arrays of its columns, in the order in which `types` names them. The arrays have the
 * same length. The rows are in the order of the arrays.
 *
 * Each column is an `unnest` in the select list. One `unnest` of all arrays in a `from` clause would first copy each column to a
 * store of its own.
 */
export const parameterRows = (types: Readonly<Record<string, ColumnType>>): string => {
  const columns = Object.entries(types).map(([column, type], index) => `unnest($${index + 1}::${type}[]) as ${column}`)
  return `(select ${columns.join(', ')})`
}
