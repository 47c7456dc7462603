import type { Sql } from '@quadrille/postgres'
import { isRetryQueue, type NoAnswer, type QueueDepth, type Queues } from '../queue-depths.ts'
import { lateAfter } from '../records/order-record.ts'
import type { Snapshots } from '../snapshots.ts'
import { type Faults, type Invariant, ofEach, type Slice, violationsOf } from './invariant.ts'

export const nothingIsLeft: Invariant = {
  name: 'I8',
  claim: 'at rest no work is left: outboxes, retries, queues and pending notifications are empty',
  ofOrders: (slice) => ({
    checked: {},
    violations: ofEach(slice.records.notifications, (results, orderId) => areTold(orderId, results, slice)),
  }),
  ofWhole: async ({ snapshots, facts: { queues = new Map() as Queues }, atRest }) => {
    const tables = await readTables(snapshots)
    const depths = [...queues.values()].filter((answer) => 'messages' in answer)
    return {
      checked: {
        tables: tables.length,
        'rows in them': tables.reduce((sum, { rows }) => sum + rows, 0),
        queues: depths.length,
        'messages in them': depths.reduce((sum, { messages }) => sum + messages, 0),
      },
      violations: [
        ...tables.flatMap((table) => violationsOf(table.name, isEmpty(table, atRest))),
        ...[...queues].flatMap(([name, depth]) => violationsOf(name, isDrained(name, depth, atRest))),
      ],
    }
  },
}

/** A table that is empty at rest. */
interface Waiting {
  readonly name: string
  readonly rows: number
  /** Rows that should have left long ago. */
  readonly late: number
}

const readTables = async (snapshots: Snapshots): Promise<Waiting[]> => {
  const ofEach = await Promise.all(
    Object.entries(snapshots).map(async ([service, sql]) =>
      (await countRows(sql)).map((table) => ({ ...table, name: `${service} ${table.name}` })),
    ),
  )
  return ofEach.flat()
}

/** A delivery that fails repeatedly gets a new row each time. It has waited since its first failure. */
const countRows = (sql: Sql): Promise<Waiting[]> =>
  sql.query<Waiting>(
    `select name, count(since) as rows, count(*) filter (where since < now() - interval '${lateAfter}') as late
     from (values ('outbox'), ('retry')) as waiting (name)
     left join (select 'outbox' as name, created_at as since from outbox union all select 'retry', coalesce(first_failed_at, due_at) from retry)
          as each using (name)
     group by name order by name`,
  )

function* isEmpty({ rows, late }: Waiting, atRest: boolean): Faults {
  if (atRest && rows > 0) yield `holds ${rows}`
  if (!atRest && late > 0) yield `holds ${late} that should have left ${lateAfter} ago`
}

function* isDrained(name: string, answer: QueueDepth | NoAnswer, atRest: boolean): Faults {
  if ('noAnswer' in answer) {
    yield `no answer: ${answer.noAnswer}`
    return
  }
  const { messages, consumers } = answer
  if (messages === 0) return
  if (atRest) yield `holds ${messages}`
  else if (consumers === 0 && !isRetryQueue(name)) yield `holds ${messages}, and has no consumer`
}

/** On a live system a notification may be pending until its order is late. */
function* areTold(orderId: string, results: string, { records: { orders }, isInProgress }: Slice): Faults {
  const order = orders.get(orderId)
  if (!results.includes(':pending') || (order && isInProgress(order))) return
  for (const result of results.split(', ')) {
    if (result.endsWith(':pending')) yield `${result.replace(/:pending$/, '')} is still pending`
  }
}
