/** Endings without a valid reason. */
import type { Plant } from './plant.ts'

const expired = (expiresAt: string) =>
  [
    ['order', `update customer_order set cancellation_reason = 'expired', expires_at = ${expiresAt} where id = $1`],
    [
      'order',
      `update order_event set event = jsonb_set(event::jsonb, '{data,reason}', '"expired"')::json
       where order_id = $1 and event->>'type' = 'OrderCancelled'`,
    ],
  ] as const

const rejectedFor = (missing: string) =>
  [['inventory', `update reservation set missing = '${missing}' where order_id = $1`]] as const

export const inReasons: readonly Plant[] = [
  {
    invariant: 'I13',
    fault: 'an order that expired before its deadline',
    scenario: 'cancelledUnpaid',
    sql: expired(`created_at + interval '5 minutes'`),
    detail: /expired at .*, before its deadline /,
  },
  {
    invariant: 'I13',
    fault: 'a rejection for a line with sufficient stock',
    scenario: 'outOfStock',
    sql: rejectedFor('[{ "sku": "mug", "requested": 2, "available": 2 }]'),
    detail: /was rejected without a missing line/,
  },
  {
    invariant: 'I13',
    fault: 'a rejection for a larger quantity than the ordered one',
    scenario: 'outOfStock',
    sql: rejectedFor('[{ "sku": "mug", "requested": 3, "available": 2 }]'),
    detail: /was rejected without a missing line/,
  },
  {
    invariant: 'I13',
    fault: 'a rejection without a missing line',
    scenario: 'outOfStock',
    sql: rejectedFor('[]'),
    detail: /was rejected without a missing line/,
  },
  {
    invariant: 'I13',
    fault: 'a rejection although the stock was available',
    scenario: 'outOfStock',
    sql: [['inventory', `update stock_movement set at = at - interval '2 hours'`]],
    detail: /was rejected, although every line was available/,
  },
]

/** Endings whose reasons agree with the stored data. */
export const goodReasons: Readonly<Record<string, Pick<Plant, 'scenario' | 'sql'>>> = {
  'an order that expired at its deadline': { scenario: 'cancelledUnpaid', sql: expired('created_at') },
  'a rejection for missing stock': {
    scenario: 'outOfStock',
    sql: rejectedFor('[{ "sku": "mug", "requested": 2, "available": 1 }]'),
  },
  'a rejection that was stored again after a receipt, when inventory was restored': {
    scenario: 'outOfStock',
    sql: [['inventory', `update reservation set updated_at = now() + interval '1 minute' where order_id = $1`]],
  },
  'such a rejection whose history was deleted': {
    scenario: 'outOfStock',
    sql: [
      ['inventory', `update reservation set updated_at = now() + interval '1 minute' where order_id = $1`],
      ['order', `update customer_order set created_at = now() - interval '31 days' where id = $1`],
      ['order', 'delete from order_event where order_id = $1'],
    ],
  },
  'a rejection while the stock was reserved for other orders': {
    scenario: 'outOfStock',
    sql: [
      ['inventory', `update stock_movement set at = at - interval '2 hours', quantity = 13`],
      ['inventory', `update stock set on_hand = on_hand - 999987`],
    ],
  },
}
