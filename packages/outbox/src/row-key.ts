import { parameterTable } from '@quadrille/postgres'

/**
 * Identifies a row together with its message. After a failover that has lost commits, Postgres gives the numbers of lost rows to
 * other messages.
 */
export interface RowKey {
  readonly seq: number
  readonly id: string
}

export const keyOf = ({ seq, id }: RowKey): string => `${seq} ${id}`

const keys = parameterTable({ seq: 'bigint', id: 'uuid' })

/** The condition for rows with the keys of `keyValues`. `is true` prevents a join, which would search the index for each row. */
export const matchesKeys = `seq = any($1::bigint[]) and ((seq, id) in (select ${keys.columns} from ${keys.sql} as keys)) is true`

/** The first two parameters of a statement with `matchesKeys`. */
export const keyValues = keys.values
