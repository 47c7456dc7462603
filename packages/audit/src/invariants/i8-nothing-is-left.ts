import type { Sql } from '@quadrille/postgres'
import type { Violation } from '../report.ts'
import type { Snapshots } from '../snapshots.ts'
import type { Invariant } from './invariant.ts'

export const nothingIsLeft: Invariant = {
  name: 'I8',
  claim: 'at rest nothing is left: outboxes, retries, queues and unfinished notifications are none',
  check: async ({ snapshots, records: { notifications }, witness: { queues = new Map<string, number>() } }) => {
    const tables = await readTables(snapshots)
    const unfinished = [...notifications].flatMap(([orderId, results]) => pendingOnes(orderId, results))
    return {
      checked: { tables: tables.size, queues: queues.size },
      violations: [...leftIn(tables), ...leftIn(queues), ...unfinished],
    }
  },
}

/** The rows of each table that is empty at rest, by service and table. */
const readTables = async (snapshots: Snapshots): Promise<Map<string, number>> => {
  const tables = new Map<string, number>()
  for (const [service, sql] of Object.entries(snapshots)) {
    for (const [table, rows] of Object.entries(await countRows(sql))) tables.set(`${service} ${table}`, rows)
  }
  return tables
}

const countRows = async (sql: Sql): Promise<Record<string, number>> => {
  const [counts] = await sql.query<Record<string, number>>(
    'select (select count(*) from outbox) as outbox, (select count(*) from retry) as retry',
  )
  return counts ?? {}
}

const leftIn = (depths: ReadonlyMap<string, number>): Violation[] =>
  [...depths].filter(([, left]) => left > 0).map(([subject, left]) => ({ subject, detail: `holds ${left}` }))

const pendingOnes = (orderId: string, results: readonly string[]): Violation[] =>
  results
    .filter((result) => result.endsWith(':pending'))
    .map((result) => ({ subject: orderId, detail: `${result.replace(/:pending$/, '')} is not told yet` }))
