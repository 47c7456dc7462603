/** The columns of a table, which depend on the version of the product that has created it. */
import type { Client } from 'pg'

export interface Columns {
  /** Separated by commas. */
  readonly names: string
  /** The names with their types, as a function that returns records needs them. */
  readonly definitions: string
}

export const columnsOf = async (client: Client, table: string): Promise<Columns> => {
  const { rows } = await client.query<{ name: string; type: string }>(
    `select quote_ident(attname) as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  )
  return {
    names: rows.map(({ name }) => name).join(', '),
    definitions: rows.map(({ name, type }) => `${name} ${type}`).join(', '),
  }
}
