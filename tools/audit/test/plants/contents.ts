/** Amounts, goods and charges of an order that differ between the places where they are recorded. */
import type { ServiceName } from '@quadrille/events'
import type { Plant } from './plant.ts'

type Statement = readonly [ServiceName, string]

/** Sets a field in the data of the order's events of a type. */
const inEvents = (type: string, field: string, value: unknown): Statement => [
  'order',
  `update order_event set event = jsonb_set(event::jsonb, '{data,${field}}', '${JSON.stringify(value)}')::json
   where order_id = $1 and event->>'type' = '${type}'`,
]

/** Sets the lines of the order, or of its reservation. */
const linesIn = (service: 'order' | 'inventory', lines: readonly object[]): Statement => {
  const [table, id] = service === 'order' ? ['customer_order', 'id'] : ['reservation', 'order_id']
  return [service, `update ${table} set lines = '${JSON.stringify(lines)}' where ${id} = $1`]
}

/** Charges this amount everywhere but in the order and its events: PaymentProcessed, and the others that are given, have it too. */
const capturedAt = (amount: number, ...events: readonly string[]): Statement[] => [
  ['payment', `update payment set captured = ${amount}, refunded = ${amount} * sign(refunded) where order_id = $1`],
  [
    'payment',
    `update gateway.intent set captured = ${amount}, refunded = ${amount} * sign(refunded) where order_id = $1`,
  ],
  ...['PaymentProcessed', ...events].map((type) => inEvents(type, 'amount', amount)),
]

const mug = { sku: 'mug', quantity: 2 }
const cup = { sku: 'cup', quantity: 2 }
const cheaper = [{ ...mug, unitPrice: 2_200 }]

export const inContents: readonly Plant[] = [
  {
    invariant: 'I2',
    fault: 'an order whose lines do not add up to its total',
    sql: [linesIn('order', cheaper)],
    detail: /^has a total of 4500, but its lines do not add up to it$/,
  },
  {
    invariant: 'I2',
    fault: 'a payment of another amount than the total',
    sql: [['payment', 'update payment set amount = 4400 where order_id = $1']],
    detail: /^has a total of 4500, but the amount of its payment is 4400$/,
  },
  {
    invariant: 'I2',
    fault: 'a cancelled order of which too much was captured and refunded',
    scenario: 'cancelledPaid',
    sql: capturedAt(9_999, 'PaymentRefunded'),
    detail: /^has a total of 4500, but 9999 was captured$/,
  },
  {
    invariant: 'I2',
    fault: 'a cancelled order of which too little was captured and refunded by hand',
    scenario: 'refundedByHand',
    sql: capturedAt(1, 'PaymentRefunded', 'PaymentRefundFailed'),
    detail: /^has a total of 4500, but 1 was captured$/,
  },
  {
    invariant: 'I2',
    fault: 'an order that waits for an operator, of which too much was captured',
    scenario: 'waitingForOperator',
    sql: capturedAt(9_999, 'PaymentRefundFailed'),
    detail: /^has a total of 4500, but 9999 was captured$/,
  },
  {
    invariant: 'I2',
    fault: 'a refund of nothing, although something was to pay',
    scenario: 'refundedByHand',
    sql: capturedAt(0, 'PaymentRefunded', 'PaymentRefundFailed'),
    detail: /^has a total of 4500, but 0 was captured$/,
  },
  {
    invariant: 'I2',
    fault: 'a fulfilled order whose second charge the gateway is processing',
    sql: [
      [
        'payment',
        `insert into gateway.intent (reference, order_id, amount, currency, status, created_at)
         values ('other', $1, 4500, 'EUR', 'processing', now())`,
      ],
    ],
    detail: /^is fulfilled, but the gateway may still capture$/,
  },
  {
    invariant: 'I3',
    fault: 'a released reservation of other goods',
    scenario: 'cancelledPaid',
    sql: [linesIn('inventory', [cup]), inEvents('InventoryReleased', 'lines', [cup])],
    detail: /^has a reservation that differs from the ordered goods$/,
  },
  {
    invariant: 'I6',
    fault: 'a payment that refers to the charge of another order: a refund would return the money of that order',
    scenario: 'waitingForOperator',
    sql: [
      [
        'payment',
        `update payment set gateway_reference = (select max(gateway_reference) from payment where status = 'captured')
         where order_id = $1`,
      ],
    ],
    detail: /^PaymentProcessed has the reference sim-\S+, but sim-\S+ is recorded$/,
  },
  {
    invariant: 'I6',
    fault: 'another charge in the history',
    sql: [inEvents('PaymentProcessed', 'gatewayReference', 'sim-other')],
    detail: /^PaymentProcessed has the reference sim-other, but sim-\S+ is recorded$/,
  },
  {
    invariant: 'I6',
    fault: 'prices and a total that were changed after the order was placed',
    sql: [
      linesIn('order', cheaper),
      ['order', 'update customer_order set total = 4400 where id = $1'],
      ['notification', 'update addressee set total = 4400 where order_id = $1'],
    ],
    detail:
      /^has events that differ from it .*: OrderPlaced of 4500 EUR, PaymentProcessed of 4500 EUR, OrderFulfilled of/,
  },
  ...(
    [
      ['OrderPlaced', 'total', 4_400],
      ['OrderPlaced', 'currency', 'USD'],
      ['OrderFulfilled', 'lines', cheaper],
      ['OrderCancelled', 'lines', [cup], 'declined'],
      ['PaymentProcessed', 'currency', 'USD'],
      ['PaymentDeclined', 'amount', 4_400, 'declined'],
      ['PaymentRefundFailed', 'currency', 'USD', 'waitingForOperator'],
      ['PaymentRefunded', 'amount', 4_400, 'cancelledPaid'],
    ] as const
  ).map(
    ([type, field, value, scenario]): Plant => ({
      invariant: 'I6',
      fault: `${type} with another ${field} than the order`,
      scenario: scenario ?? 'fulfilled',
      sql: [inEvents(type, field, value)],
      detail: new RegExp(`^has events that differ from it in currency, amount or lines: ${type} of \\d+ [A-Z]+$`),
    }),
  ),
  {
    invariant: 'I6',
    fault: 'an event with a list as its data',
    sql: [
      [
        'order',
        `update order_event set event = jsonb_set(event::jsonb, '{data}', '[]')::json
         where order_id = $1 and event->>'type' = 'OrderFulfilled'`,
      ],
    ],
    detail: /^has events that differ from it in currency, amount or lines: OrderFulfilled$/,
  },
  {
    invariant: 'I6',
    fault: 'an event that has lost its data',
    sql: [
      [
        'order',
        `update order_event set event = (event::jsonb - 'data')::json where order_id = $1 and event->>'type' = 'OrderFulfilled'`,
      ],
    ],
    detail: /^has events that differ from it in currency, amount or lines: OrderFulfilled$/,
  },
  {
    invariant: 'I6',
    fault: 'a cancelled order whose goods were changed',
    scenario: 'outOfStock',
    sql: [linesIn('order', [{ ...cup, unitPrice: 2_250 }])],
    detail: /^has events that differ from it in currency, amount or lines: OrderPlaced of 4500 EUR, OrderCancelled of/,
  },
  ...Object.entries({ other: [cup], no: [], unlisted: {} }).map(
    ([which, lines]): Plant => ({
      invariant: 'I6',
      fault: `InventoryReserved of ${which} goods`,
      sql: [inEvents('InventoryReserved', 'lines', lines)],
      detail: /^InventoryReserved differs from the ordered goods$/,
    }),
  ),
  ...[[cup], []].map(
    (lines): Plant => ({
      invariant: 'I6',
      fault: `InventoryReleased of ${lines.length === 0 ? 'no' : 'other'} goods`,
      scenario: 'cancelledPaid',
      sql: [inEvents('InventoryReleased', 'lines', lines)],
      detail: /^InventoryReleased differs from the released goods$/,
    }),
  ),
]

const free = [{ ...mug, unitPrice: 0 }]

/** Records that agree, although they differ from those of most orders. */
export const goodContents: Readonly<Record<string, Pick<Plant, 'scenario' | 'sql'>>> = {
  'an order with a total of 0': {
    sql: [
      ['order', 'update customer_order set total = 0 where id = $1'],
      linesIn('order', free),
      ...['OrderPlaced', 'OrderFulfilled'].flatMap((type) => [
        inEvents(type, 'total', 0),
        inEvents(type, 'lines', free),
      ]),
      inEvents('PaymentProcessed', 'amount', 0),
      inEvents('PaymentProcessed', 'gatewayReference', 'none'),
      ['payment', `update payment set amount = 0, captured = 0, gateway_reference = 'none' where order_id = $1`],
      ['payment', 'delete from gateway.intent where order_id = $1'],
      ['notification', 'update addressee set total = 0 where order_id = $1'],
    ],
  },
  'a release by a restored inventory that had lost the reservation': {
    scenario: 'cancelledPaid',
    sql: [linesIn('inventory', []), inEvents('InventoryReleased', 'lines', [])],
  },
  'a rejection of which only the missing lines were restored': {
    scenario: 'outOfStock',
    sql: [linesIn('inventory', [{ ...mug, quantity: 1 }])],
  },
}
