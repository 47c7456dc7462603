/** Checks that a run of the product was right. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { QueryResultRow } from 'pg'
import { withSession } from './postgres.ts'
import { switches } from './services.ts'
import type { Version } from './version.ts'

/** The id of the newest order. Null without orders. */
export const newestOrder = async (database: string): Promise<string | null> => {
  const [newest] = await query<{ id: string }>(database, 'select id from customer_order order by id desc limit 1')
  return newest?.id ?? null
}

/** One line if an order after this one is not fulfilled. Null if all are. */
export const unfulfilled = async (database: string, after: string | null): Promise<string | null> => {
  const rows = await query<{ status: string; orders: number }>(
    database,
    `select status, count(*)::integer as orders from customer_order
     where ($1::uuid is null or id > $1) and (status <> 'fulfilled' or not settled) group by 1`,
    [after],
  )
  return rows.length === 0 ? null : rows.map(({ status, orders }) => `${orders} orders are ${status}`).join(', ')
}

/** The number of payments whose charge did not take exactly one attempt. */
export const attemptedAgain = async (database: string): Promise<number> => {
  const [row] = await query<{ count: number }>(
    database,
    'select count(*)::integer as count from payment where attempts <> 1',
  )
  return row?.count ?? 0
}

const query = async <Row extends QueryResultRow>(
  database: string,
  text: string,
  values: readonly unknown[] = [],
): Promise<Row[]> => withSession(database, async (session) => (await session.query<Row>(text, [...values])).rows)

export interface Audited {
  /** The Postgres server with the databases of all services. */
  readonly serverUrl: string
  /** Null for the in-process broker. */
  readonly amqpUrl: string | null
}

/**
 * Runs the audit of that version, in a process of its own, because other versions have other tables. Null if all
 * invariants hold, otherwise its verdict in one line.
 */
export const audit = async ({ root, node }: Version, { serverUrl, amqpUrl }: Audited): Promise<string | null> => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: { audit: string } }
  const [script = ''] = /\S+\.ts/.exec(scripts.audit) ?? []
  const { PATH, HOME } = process.env
  const broker = amqpUrl !== null && { AMQP_URL: amqpUrl }
  const env = { PATH, HOME, DATABASE_URL: serverUrl, ...switches, ...broker }
  return new Promise((resolve) => {
    execFile(node, [script], { cwd: root, env, maxBuffer: 100_000_000 }, (error, stdout, stderr) =>
      resolve(error ? `audit: ${lastLineOf(stdout) ?? lastLineOf(stderr) ?? error.message}` : null),
    )
  })
}

const lastLineOf = (text: string): string | undefined => text.trim().split('\n').at(-1) || undefined
