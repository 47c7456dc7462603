import type { Sql } from '@quadrille/postgres'
import type { Violation } from '../report.ts'
import type { Answer } from '../witness.ts'
import { type Invariant, violationsOf } from './invariant.ts'

export const keysLeadToOneOrder: Invariant = {
  name: 'I7',
  claim: 'the same idempotency key never makes two orders, and with another body it is refused',
  check: async ({ snapshots: { order }, records: { orders }, witness: { answers = [] } }) => {
    const keys = await readKeys(order)
    const leads = new Map(keys.map(({ key, orderId }) => [key, orderId]))
    const answersByKey = Map.groupBy(answers, ({ key }) => key)
    return {
      checked: { keys: keys.length, answers: answers.length },
      violations: [
        ...keys.flatMap(({ key, orderId }) =>
          violationsOf(key, { [`leads to ${orderId}, which is no order`]: !orders.has(orderId) }),
        ),
        ...sharedOrders(keys),
        ...[...answersByKey.entries()].flatMap(([key, given]) => isOneOrder(key, given, leads.get(key))),
      ],
    }
  },
}

interface KeyRow {
  readonly key: string
  readonly orderId: string
}

const readKeys = (sql: Sql): Promise<KeyRow[]> =>
  sql.query<KeyRow>('select key, order_id as "orderId" from idempotency_key')

const sharedOrders = (keys: readonly KeyRow[]): Violation[] =>
  [...Map.groupBy(keys, ({ orderId }) => orderId)].flatMap(([orderId, sharing]) =>
    violationsOf(orderId, { [`was made by ${sharing.length} keys`]: sharing.length > 1 }),
  )

const isOneOrder = (key: string, answers: readonly Answer[], stored: string | undefined): Violation[] => {
  const accepted = answers.filter(({ status }) => status === 202)
  const made = new Set(accepted.map(({ orderId }) => orderId))
  const bodies = new Set(accepted.map(({ body }) => body))
  const [first] = accepted
  const refused = answers.filter(({ status, body }) => status === 422 && body === first?.body)
  return violationsOf(key, {
    [`made ${made.size} orders: ${[...made].join(', ')}`]: made.size > 1,
    [`was accepted with ${bodies.size} bodies`]: bodies.size > 1,
    'was refused with the body that it was accepted with': refused.length > 0,
    [`led to ${first?.orderId}, and is stored for ${stored ?? 'none'}`]:
      first !== undefined && !made.has(stored ?? null),
  })
}
