/** The record of what operators did in a service: one statement per function. */
import { type Sql, storableText } from '@quadrille/postgres'
import { z } from 'zod'

/** An operation that the code of a service records. Those on dead letters are recorded by the shell, in a table of their own. */
export interface Operation {
  /** Such as `cancel`. */
  readonly operation: string
  readonly subject?: string
  /** Details for people, without secrets. Default: none. */
  readonly detail?: string
  readonly operator: string
}

/** Records an operation that is done. Call it in the transaction that performs the operation. */
export const recordOperation = async (sql: Sql, operation: Operation): Promise<void> => {
  await sql.query(
    `with recorded as (insert into operation (operation, subject, detail, operator) values ($1, $2, $3, $4) returning id)
     insert into operation_outcome (operation_id, outcome) select id, 'done' from recorded`,
    valuesOf(operation),
  )
}

/** Records an operation whose outcome is not known yet. Returns the id of the record. */
export const insertRequest = async (sql: Sql, operation: Operation): Promise<string> => {
  const [row] = await sql.query<{ id: string }>(
    'insert into operation (operation, subject, detail, operator) values ($1, $2, $3, $4) returning id::text',
    valuesOf(operation),
  )
  if (!row) throw new Error('The record of an operation has no id.')
  return row.id
}

/** Records how a requested operation ended. */
export const insertOutcome = async (sql: Sql, id: string, outcome: 'done' | 'refused'): Promise<void> => {
  await sql.query('insert into operation_outcome (operation_id, outcome) values ($1, $2)', [id, outcome])
}

const valuesOf = ({ operation, subject, detail, operator }: Operation): unknown[] => [
  operation,
  subject ?? null,
  detail === undefined ? null : storableText(detail),
  storableText(operator),
]

/** `requested`: a replay, whose message is handled later. `refused`: it had no effect. `unknown`: no outcome is recorded. */
export type OperationOutcome = 'done' | 'requested' | 'refused' | 'unknown'

export interface LoggedOperation {
  /** The position in the log: newer operations have a greater one. */
  readonly position: string
  readonly at: Date
  readonly operation: string
  readonly operator: string
  readonly note: string | null
  readonly detail: string | null
  readonly subject: string | null
  /** The dead letter, and the type of its message, of an operation on one. */
  readonly deadLetterId: string | null
  readonly messageType: string | null
  readonly outcome: OperationOutcome
}

export interface OperationPage {
  /** Only operations on this subject. Null: all. */
  readonly subject: string | null
  /** Only operations of the operator with this name or address. Null: all. */
  readonly operator: string | null
  /** The position of the last operation of the previous page. Null for the first page. */
  readonly before: string | null
  readonly limit: number
}

/** A position: a time in microseconds, which `Date` can't hold, the table, and the id of the row. */
const position = (table: 0 | 1) =>
  `to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '.${table}.' || done.id`

const time = z.iso.datetime({ precision: 6 })

/** A position whose time Postgres can read: it has no year 0. */
export const positionText = z
  .string()
  .regex(/^(?!0000)\d{4}-.{21}Z\.[01]\.[1-9]\d{0,17}$/)
  .refine((text) => time.safeParse(text.slice(0, text.indexOf('Z') + 1)).success)

const columns = 'position, at, operation, operator, note, detail, subject, "deadLetterId", "messageType", outcome'

/**
 * Lists the operations of both tables, the newest first. Those on dead letters are deleted with their dead letters, so they
 * have a table of their own. A page contains the newest of both, so one statement knows both. Each part has the conditions that are
 * given, so that its index can be searched.
 */
export const listOperations = (
  sql: Sql,
  { subject, operator, before, limit }: OperationPage,
): Promise<LoggedOperation[]> => {
  const values: unknown[] = [limit]
  const parameter = (value: unknown) => `$${values.push(value)}`
  const conditions = [
    ...(subject === null ? [] : [`subject = ${parameter(subject)}`]),
    ...(operator === null ? [] : [`operator = ${parameter(operator)}`]),
  ]
  const [at, table, id] = before === null ? [] : partsOf(before).map(parameter)
  const whereIn = (source: 0 | 1) => {
    const isAfter = at === undefined ? [] : [`(at, ${source}, done.id) < (${at}, ${table}::integer, ${id}::bigint)`]
    return ['true', ...conditions, ...isAfter].join(' and ')
  }
  // Those of a subject are few. Without this, Postgres may look for them among all operations, in the order of their times.
  const findFirst = subject === null ? '' : 'offset 0'
  return sql.query<LoggedOperation>(
    `select ${columns}
     from (
       (
         select ${columns}, source, id from (
           select ${position(0)} as position, at, 0 as source, done.id, operation, operator, note, null as detail, subject,
                  letter_id as "deadLetterId", type as "messageType",
                  case operation when 'replay' then 'requested' when 'unsendable' then 'refused' else 'done' end as outcome
           from dead_letter_operation as done join dead_letter on dead_letter.id = letter_id
           where ${whereIn(0)} ${findFirst}
         ) as on_letters order by at desc, id desc limit $1
       ) union all (
         select ${columns}, source, id from (
           select ${position(1)} as position, at, 1 as source, id, operation, operator, null as note, detail, subject,
                  null::uuid as "deadLetterId", null as "messageType",
                  coalesce((select outcome from operation_outcome where operation_id = done.id), 'unknown') as outcome
           from operation as done
           where ${whereIn(1)} ${findFirst}
         ) as others order by at desc, id desc limit $1
       )
     ) as log order by at desc, source desc, id desc limit $1`,
    values,
  )
}

/** The time contains a point. */
const partsOf = (text: string): string[] => {
  const [seconds = '', micros = '', table = '', id = ''] = text.split('.')
  return [`${seconds}.${micros}`, table, id]
}
