/** Violations, as SQL. $1 is an order of the story. Constraints that would refuse them are lifted first. */
import type { Snapshots } from '../src/snapshots.ts'
import type { StoryName } from './stories.ts'

export interface Plant {
  readonly invariant: string
  readonly fault: string
  /** Default: fulfilled. */
  readonly story?: StoryName
  readonly sql: readonly (readonly [keyof Snapshots, string])[]
  /** Default: the order. */
  readonly subject?: string
  readonly says: RegExp
}

const say = (type: string, details = '{}') =>
  `insert into order_event (order_id, id, event)
   values ($1, gen_random_uuid(), json_build_object('type', '${type}', 'data', '${details}'::json))`
const unsay = (type: string) => `delete from order_event where order_id = $1 and event->>'type' = '${type}'`

const letter = '11111111-1111-7111-8111-111111111111'
const giveUp = (column: string, value: string) =>
  `insert into dead_letter select (jsonb_populate_record(null::dead_letter, jsonb_build_object(
     'id', '${letter}', 'message_id', 'm', 'type', 'OrderPlaced', 'queue', 'payment.inbox', 'reason', 'schema_violation',
     'error', 'e', 'attempts', 1, 'first_failed_at', now(), 'last_failed_at', now(), 'message', '{}'::jsonb,
     'headers', '{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}'::jsonb, 'body', '\\x7b7d',
     'trace_id', '0af7651916cd43dd8448eb211c80319c', 'status', 'parked', 'parked_at', now()
   ) || jsonb_build_object('${column}', ${value}))).*`

export const plants: readonly Plant[] = [
  {
    invariant: 'I1',
    fault: 'an order that never ended',
    sql: [['order', `update customer_order set status = 'paid', settled = false where id = $1`]],
    says: /has not ended: it is paid/,
  },
  {
    invariant: 'I1',
    fault: 'a cancelled order that was never settled',
    story: 'cancelledPaid',
    sql: [['order', `update customer_order set settled = false, payment = 'refunding' where id = $1`]],
    says: /is not settled: payment refunding, inventory released/,
  },
  {
    invariant: 'I1',
    fault: 'an order that ended in two ways',
    sql: [['order', say('OrderCancelled', '{ "reason": "customer" }')]],
    says: /ended 2 times/,
  },
  {
    invariant: 'I2',
    fault: 'a fulfilled order that nobody paid for',
    sql: [
      ['payment', 'alter table payment drop constraint payment_captured_by_status'],
      ['payment', 'update payment set captured = 0 where order_id = $1'],
    ],
    says: /is fulfilled, and we keep 0 instead of 4500/,
  },
  {
    invariant: 'I2',
    fault: 'a cancelled order whose money we keep',
    story: 'cancelledPaid',
    sql: [['payment', `update payment set status = 'captured', refunded = 0 where order_id = $1`]],
    says: /is cancelled, and we keep 4500 instead of 0/,
  },
  {
    invariant: 'I2',
    fault: 'a charge at the gateway that our books took for a decline',
    story: 'declined',
    sql: [['payment', `update gateway.intent set status = 'captured', captured = 4500 where order_id = $1`]],
    says: /was captured 0 by our books, and 4500 by the gateway’s/,
  },
  {
    invariant: 'I2',
    fault: 'a refund in our books that the gateway never made',
    story: 'outOfStock',
    sql: [['payment', 'update gateway.intent set refunded = 0 where order_id = $1']],
    says: /the gateway keeps 4500 for us instead of 0/,
  },
  {
    invariant: 'I2',
    fault: 'a refund both by hand and by the gateway',
    story: 'refundedByHand',
    sql: [['payment', 'update gateway.intent set refunded = 4500 where order_id = $1']],
    says: /was refunded 0 by our books, and 4500 by the gateway’s/,
  },
  {
    invariant: 'I2',
    fault: 'a charge in another currency',
    sql: [['payment', `update gateway.intent set currency = 'USD' where order_id = $1`]],
    says: /is in EUR, and was charged in USD/,
  },
  {
    invariant: 'I2',
    fault: 'a payment of no order',
    sql: [['order', 'delete from customer_order where id = $1']],
    says: /has a payment, and is no order/,
  },
  {
    invariant: 'I3',
    fault: 'stock that vanished',
    sql: [['inventory', 'update stock set on_hand = on_hand - 1']],
    subject: 'mug',
    says: /are on hand, but 1000000 came in and 12 were taken/,
  },
  {
    invariant: 'I3',
    fault: 'a release that was lost',
    sql: [['inventory', 'update stock set reserved = 2']],
    subject: 'mug',
    says: /2 are reserved, but orders hold 0/,
  },
  {
    invariant: 'I3',
    fault: 'overselling',
    sql: [
      ['inventory', 'alter table stock drop constraint stock_never_oversold'],
      ['inventory', 'update stock set on_hand = 3, reserved = 4'],
    ],
    subject: 'mug',
    says: /3 on hand, 4 reserved: that is oversold/,
  },
  {
    invariant: 'I3',
    fault: 'a cancelled order that holds stock',
    story: 'cancelledPaid',
    sql: [['inventory', `update reservation set status = 'reserved' where order_id = $1`]],
    says: /is cancelled, and holds stock/,
  },
  {
    invariant: 'I3',
    fault: 'goods that left for a cancelled order',
    story: 'outOfStock',
    sql: [['inventory', `update reservation set status = 'committed' where order_id = $1`]],
    says: /is cancelled, and its stock was taken/,
  },
  {
    invariant: 'I3',
    fault: 'a fulfilled order whose goods never left',
    sql: [['inventory', `update reservation set status = 'reserved' where order_id = $1`]],
    says: /is fulfilled, and its stock is reserved/,
  },
  {
    invariant: 'I3',
    fault: 'other goods than were ordered',
    sql: [['inventory', `update reservation set lines = '[{ "sku": "mug", "quantity": 1 }]' where order_id = $1`]],
    says: /was given other goods than were ordered/,
  },
  {
    invariant: 'I4',
    fault: 'a second capture by the same object',
    sql: [['payment', 'update gateway.intent set capture_count = 2 where order_id = $1']],
    says: /was captured 2 times/,
  },
  {
    invariant: 'I4',
    fault: 'a second capture by another object',
    sql: [
      [
        'payment',
        `insert into gateway.intent (reference, order_id, amount, currency, status, captured, capture_count, created_at)
         values ('other', $1, 4500, 'EUR', 'captured', 4500, 1, now())`,
      ],
    ],
    says: /was captured 2 times/,
  },
  {
    invariant: 'I4',
    fault: 'a second refund',
    story: 'cancelledPaid',
    sql: [['payment', 'update gateway.intent set refund_count = 2 where order_id = $1']],
    says: /was refunded 2 times/,
  },
  {
    invariant: 'I4',
    fault: 'a refund by the gateway beside the one by hand',
    story: 'refundedByHand',
    sql: [['payment', 'update gateway.intent set refund_count = 1 where order_id = $1']],
    says: /was refunded 2 times/,
  },
  {
    invariant: 'I4',
    fault: 'an event that was said under two ids',
    sql: [['order', say('PaymentProcessed', '{ "amount": 4500 }')]],
    says: /PaymentProcessed was said more than once/,
  },
  {
    invariant: 'I4',
    fault: 'a notification that was told twice',
    sql: [['order', say('NotificationFailed', '{ "channel": "email", "occasion": "order_placed" }')]],
    says: /the end of email:order_placed was said more than once/,
  },
  {
    invariant: 'I5',
    fault: 'an effect without its cause',
    sql: [['order', say('InventoryReleased')]],
    says: /InventoryReleased without OrderCancelled before it/,
  },
  {
    invariant: 'I5',
    fault: 'an effect before its cause',
    story: 'declined',
    sql: [
      ['order', unsay('PaymentDeclined')],
      ['order', say('PaymentDeclined', '{ "amount": 4500 }')],
    ],
    says: /OrderCancelled without PaymentDeclined before it/,
  },
  {
    invariant: 'I5',
    fault: 'stock that was held for an order that isn’t paid',
    sql: [['order', unsay('PaymentProcessed')]],
    says: /InventoryReserved without PaymentProcessed/,
  },
  {
    invariant: 'I5',
    fault: 'two events that exclude each other',
    story: 'cancelledPaid',
    sql: [['order', say('PaymentVoided')]],
    says: /PaymentVoided and PaymentProcessed/,
  },
  {
    invariant: 'I5',
    fault: 'a combination of states that can’t be reached',
    sql: [['order', `update customer_order set payment = 'refunded' where id = $1`]],
    says: /is fulfilled, with payment refunded and inventory reserved/,
  },
  {
    invariant: 'I5',
    fault: 'a cancelled order that is settled before both answers',
    story: 'cancelledPaid',
    sql: [['order', `update customer_order set payment = 'refunding' where id = $1`]],
    says: /is settled before both answers are in/,
  },
  {
    invariant: 'I6',
    fault: 'an order whose last event is missing',
    sql: [['order', unsay('OrderFulfilled')]],
    says: /the order: fulfilled, but by its events paid/,
  },
  {
    invariant: 'I6',
    fault: 'an event without its change in payment’s books',
    story: 'cancelledPaid',
    sql: [['payment', `update payment set status = 'refunding', refunded = 0 where order_id = $1`]],
    says: /the payment: refunding, but by its events refunded/,
  },
  {
    invariant: 'I6',
    fault: 'an amount that was announced otherwise than it was booked',
    sql: [
      ['order', unsay('PaymentProcessed')],
      ['order', say('PaymentProcessed', '{ "amount": 4400 }')],
    ],
    says: /PaymentProcessed of 4400, but 4500 in the books/,
  },
  {
    invariant: 'I6',
    fault: 'an event without its change in inventory’s books',
    story: 'cancelledUnpaid',
    sql: [
      ['inventory', `alter table reservation drop constraint reservation_waits_while_pending`],
      ['inventory', `update reservation set status = 'pending' where order_id = $1`],
    ],
    says: /the reservation: pending, but by its events released/,
  },
  {
    invariant: 'I6',
    fault: 'a service that never heard of an order',
    sql: [['inventory', 'delete from reservation where order_id = $1']],
    says: /inventory has never heard of it/,
  },
  {
    invariant: 'I6',
    fault: 'a customer who was told, as far as the history knows only',
    sql: [['notification', `delete from notification where order_id = $1 and occasion = 'order_placed'`]],
    says: /the notifications: email:order_fulfilled:sent, but by its events email:order_fulfilled:sent, email:order_placed/,
  },
  {
    invariant: 'I6',
    fault: 'a customer who was never told',
    sql: [['order', unsay('NotificationSent')]],
    says: /nothing came of telling order_fulfilled/,
  },
  {
    invariant: 'I6',
    fault: 'an event that notification never heard of',
    sql: [['notification', `update addressee set occasions = '{order_placed}' where order_id = $1`]],
    says: /what notification has heard of: order_placed, but by its events order_fulfilled, order_placed/,
  },
  {
    invariant: 'I6',
    fault: 'a customer who was promised more, after the end',
    story: 'overtaken',
    sql: [['order', say('NotificationSent', '{ "channel": "email", "occasion": "order_placed" }')]],
    says: /order_placed was told, and was no news/,
  },
  {
    invariant: 'I6',
    fault: 'a customer who was told of a refund of nothing',
    story: 'cancelledPaid',
    sql: [['order', 'update customer_order set total = 0 where id = $1']],
    says: /payment_refunded was told, and was no news/,
  },
  {
    invariant: 'I6',
    fault: 'what the order shows, but nobody said',
    sql: [['order', `update customer_order set notifications = '[]' where id = $1`]],
    says: /the order’s view of its notifications: none/,
  },
  {
    invariant: 'I7',
    fault: 'a key that leads to no order',
    sql: [
      [
        'order',
        `insert into idempotency_key (key, request_hash, order_id, response) values ('k', 'h', gen_random_uuid(), '{}')`,
      ],
    ],
    subject: 'k',
    says: /leads to .*, which is no order/,
  },
  {
    invariant: 'I7',
    fault: 'an order of two keys',
    sql: [
      ['order', `insert into idempotency_key (key, request_hash, order_id, response) values ('second', 'h', $1, '{}')`],
    ],
    says: /was made by 2 keys/,
  },
  {
    invariant: 'I8',
    fault: 'an event that was never published',
    sql: [
      [
        'payment',
        `insert into outbox (id, type, order_id, exchange, routing_key, body, leased_until)
         values (gen_random_uuid(), 'PaymentProcessed', $1, 'payment.events', '', '{}', now())`,
      ],
    ],
    subject: 'payment outbox',
    says: /holds 1/,
  },
  {
    invariant: 'I8',
    fault: 'a delivery that still waits',
    sql: [
      [
        'inventory',
        `insert into retry (queue, message, body, attempts, due_at) values ('inventory.inbox', '{}', '', 1, now())`,
      ],
    ],
    subject: 'inventory retry',
    says: /holds 1/,
  },
  {
    invariant: 'I8',
    fault: 'a notification that nobody has sent',
    sql: [
      ['notification', `update notification set status = 'pending' where order_id = $1 and occasion = 'order_placed'`],
    ],
    says: /email:order_placed is not told yet/,
  },
  {
    invariant: 'I9',
    fault: 'a dead letter without a reason',
    sql: [['payment', giveUp('reason', `''`)]],
    subject: letter,
    says: /has no reason/,
  },
  {
    invariant: 'I9',
    fault: 'a dead letter that is with somebody else',
    sql: [['payment', giveUp('queue', `'inventory.inbox'`)]],
    subject: letter,
    says: /lies with payment, and comes from inventory.inbox/,
  },
  {
    invariant: 'I9',
    fault: 'a dead letter whose trace is broken off',
    sql: [['payment', giveUp('trace_id', 'null')]],
    subject: letter,
    says: /has lost its trace/,
  },
  {
    invariant: 'I9',
    fault: 'a dead letter whose bytes are gone',
    sql: [['payment', giveUp('body', `''`)]],
    subject: letter,
    says: /has lost its bytes/,
  },
]
