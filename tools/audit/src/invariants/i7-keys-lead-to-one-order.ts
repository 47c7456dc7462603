import type { Sql } from '@quadrille/postgres'
import type { Answer } from '../external-facts.ts'
import type { Violation } from '../report.ts'
import { type Faults, type Invariant, violationsOf } from './invariant.ts'

export const keysLeadToOneOrder: Invariant = {
  name: 'I7',
  claim: 'an idempotency key never creates two orders',
  checkSystem: async ({ snapshots: { order }, facts: { answers = [] } }) => {
    const answersByKey = Map.groupBy(answers, ({ key }) => key)
    const leads = await readKeys(order, [...answersByKey.keys()])
    return {
      checked: { keys: await countKeys(order), answers: answers.length },
      violations: [
        ...(await readDanglingKeys(order)),
        ...(await readSharedOrders(order)),
        ...[...answersByKey].flatMap(([key, given]) => violationsOf(key, keyFaults(given, leads.get(key)))),
      ],
    }
  },
}

const countKeys = async (sql: Sql): Promise<number> => {
  const [row] = await sql.query<{ keys: number }>('select count(*) as keys from idempotency_key')
  return row?.keys ?? 0
}

const readDanglingKeys = (sql: Sql): Promise<Violation[]> =>
  sql.query<Violation>(
    `select key as subject, 'leads to ' || order_id || ', which does not exist' as detail
     from idempotency_key left join customer_order on id = order_id where id is null`,
  )

const readSharedOrders = (sql: Sql): Promise<Violation[]> =>
  sql.query<Violation>(
    `select order_id as subject, order_id as "orderId", 'was created by ' || count(*) || ' keys' as detail
     from idempotency_key group by order_id having count(*) > 1`,
  )

/** The order of each key. */
const readKeys = async (sql: Sql, keys: readonly string[]): Promise<Map<string, string>> => {
  const rows = await sql.query<{ key: string; orderId: string }>(
    'select key, order_id as "orderId" from idempotency_key where key = any($1)',
    [keys],
  )
  return new Map(rows.map(({ key, orderId }) => [key, orderId]))
}

function* keyFaults(answers: readonly Answer[], stored: string | undefined): Faults {
  const accepted = answers.filter(({ status }) => status === 202)
  const [first] = accepted
  if (!first) return
  const created = new Set(accepted.map(({ orderId }) => orderId))
  const bodies = new Set(accepted.map(({ body }) => body))
  if (created.size > 1) yield `created ${created.size} orders: ${[...created].join(', ')}`
  if (bodies.size > 1) yield `was accepted with ${bodies.size} bodies`
  if (answers.some(({ status, body }) => status === 422 && body === first.body))
    yield 'was rejected, although it was accepted with the same body'
  if (!created.has(stored ?? null)) yield `returned ${first.orderId}, but is stored for ${stored ?? 'no order'}`
}
