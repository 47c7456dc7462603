import type { Sql } from '@quadrille/postgres'
import { hasInProcessBroker } from '../in-process-broker.ts'
import { lateAfter } from '../late-after.ts'
import { isRetryQueue, type NoAnswer, type QueueDepth, type Queues } from '../queue-depths.ts'
import type { Violation } from '../report.ts'
import type { Snapshots } from '../snapshots.ts'
import { checkEach, type Faults, type Invariant, type Slice, violationsOf } from './invariant.ts'

export const noWorkIsLeft: Invariant = {
  name: 'I8',
  claim: `no work is left behind: no outbox row or retry is older than ${lateAfter}, no queue has messages but no consumer, and no notification stays pending`,
  checkOrders: (slice) => ({
    checked: {},
    violations: checkEach(slice.records.notifications, ({ results }, orderId) =>
      notificationFaults(orderId, results, slice),
    ),
  }),
  checkSystem: async ({ snapshots, facts: { queues }, atRest }) => {
    const tables = await readTables(snapshots)
    const queuesAreUnknown = queues === undefined && !(await hasInProcessBroker(snapshots.order))
    return {
      checked: {
        tables: tables.length,
        'rows in them': tables.reduce((sum, { rows }) => sum + rows, 0),
        ...(queues && figuresOfQueues(queues)),
      },
      violations: [
        ...tables.flatMap((table) => violationsOf(table.name, tableFaults(table, atRest))),
        ...[...(queues ?? [])].flatMap(([name, answer]) => queueViolations(name, answer, atRest)),
      ],
      ...(queuesAreUnknown && { notChecked: 'the queues (AMQP_URL is not set)' }),
    }
  },
}

/** A table that is empty at rest. */
interface Waiting {
  readonly name: string
  readonly rows: number
  /** Rows that have waited for too long. */
  readonly late: number
}

const readTables = async (snapshots: Snapshots): Promise<Waiting[]> => {
  const byService = await Promise.all(
    Object.entries(snapshots).map(async ([service, sql]) =>
      (await countRows(sql)).map((table) => ({ ...table, name: `${service} ${table.name}` })),
    ),
  )
  return byService.flat()
}

/** A message that fails repeatedly gets a new row each time, but has waited since its first failure. */
const countRows = (sql: Sql): Promise<Waiting[]> =>
  sql.query<Waiting>(
    `select name, count(since) as rows, count(*) filter (where since < now() - interval '${lateAfter}') as late
     from (values ('outbox'), ('retry')) as waiting (name)
     left join (select 'outbox' as name, created_at as since from outbox union all select 'retry', coalesce(first_failed_at, due_at) from retry)
          as each using (name)
     group by name order by name`,
  )

function* tableFaults({ rows, late }: Waiting, atRest: boolean): Faults {
  if (atRest && rows > 0) yield `has ${counted(rows, 'row')}`
  if (!atRest && late > 0) yield `has ${counted(late, 'row')} older than ${lateAfter}`
}

const figuresOfQueues = (queues: Queues) => {
  const depths = [...queues.values()].filter((answer) => 'messages' in answer)
  return { queues: depths.length, 'messages in them': depths.reduce((sum, { messages }) => sum + messages, 0) }
}

/** A queue without an answer is reported, because it may hold messages. */
const queueViolations = (subject: string, answer: QueueDepth | NoAnswer, atRest: boolean): Violation[] =>
  'noAnswer' in answer
    ? [{ subject, detail: `no answer: ${answer.noAnswer}`, unchecked: true }]
    : violationsOf(subject, queueFaults(subject, answer, atRest))

function* queueFaults(name: string, { messages, consumers }: QueueDepth, atRest: boolean): Faults {
  if (messages === 0) return
  if (atRest) yield `has ${counted(messages, 'message')}`
  else if (consumers === 0 && !isRetryQueue(name)) yield `has ${counted(messages, 'message')}, but no consumer`
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** A notification of an order in progress may be pending. */
function* notificationFaults(orderId: string, results: string, { records: { orders }, isInProgress }: Slice): Faults {
  const order = orders.get(orderId)
  if (!results.includes(':pending') || (order && isInProgress(order))) return
  for (const result of results.split(', ')) {
    if (result.endsWith(':pending')) yield `${result.replace(/:pending$/, '')} is still pending`
  }
}
