/** Violations in the reasons of endings. */
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
    story: 'cancelledUnpaid',
    sql: expired(`created_at + interval '5 minutes'`),
    says: /expired at .*, before its deadline /,
  },
  {
    invariant: 'I13',
    fault: 'a rejection for a line of which there was enough',
    story: 'outOfStock',
    sql: rejectedFor('[{ "sku": "mug", "requested": 2, "available": 2 }]'),
    says: /was rejected without a missing line/,
  },
  {
    invariant: 'I13',
    fault: 'a rejection for more than was ordered',
    story: 'outOfStock',
    sql: rejectedFor('[{ "sku": "mug", "requested": 3, "available": 2 }]'),
    says: /was rejected without a missing line/,
  },
  {
    invariant: 'I13',
    fault: 'a rejection for nothing',
    story: 'outOfStock',
    sql: rejectedFor('[]'),
    says: /was rejected without a missing line/,
  },
  {
    invariant: 'I13',
    fault: 'a rejection of what was in stock',
    story: 'outOfStock',
    sql: [['inventory', `update stock_movement set at = at - interval '2 hours'`]],
    says: /was rejected, although every line was available/,
  },
]

/** Endings of the story with reasons that the stored facts confirm. */
export const goodReasons: Readonly<Record<string, Pick<Plant, 'story' | 'sql'>>> = {
  'an order that expired when its time was over': { story: 'cancelledUnpaid', sql: expired('created_at') },
  'a rejection for what was missing': {
    story: 'outOfStock',
    sql: rejectedFor('[{ "sku": "mug", "requested": 2, "available": 1 }]'),
  },
  'a rejection while other orders held the stock': {
    story: 'outOfStock',
    sql: [
      ['inventory', `update stock_movement set at = at - interval '2 hours', quantity = 13`],
      ['inventory', `update stock set on_hand = on_hand - 999987`],
    ],
  },
}
