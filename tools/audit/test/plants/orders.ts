/** Violations in the order service and the histories. */
import { type Plant, say, unsay } from './plant.ts'

export const inOrders: readonly Plant[] = [
  {
    invariant: 'I1',
    fault: 'an order that never ended',
    sql: [['order', `update customer_order set status = 'paid', settled = false where id = $1`]],
    says: /has not ended: it is paid/,
  },
  {
    invariant: 'I1',
    fault: 'an order without an idempotency key that never ended',
    story: 'cancelledUnpaid',
    sql: [
      [
        'order',
        `update customer_order set status = 'placed', settled = false, cancellation_reason = null where id = $1`,
      ],
    ],
    says: /has not ended: it is placed/,
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
    says: /is settled before both answers have arrived/,
  },
  {
    invariant: 'I6',
    fault: 'an order whose last event is missing',
    sql: [['order', unsay('OrderFulfilled')]],
    says: /the order: fulfilled, but its events lead to paid/,
  },
  {
    invariant: 'I6',
    fault: 'an event without its change in payment’s records',
    story: 'cancelledPaid',
    sql: [['payment', `update payment set status = 'refunding', refunded = 0 where order_id = $1`]],
    says: /the payment: refunding, but its events lead to refunded/,
  },
  {
    invariant: 'I6',
    fault: 'a declined payment that is not marked as cancelled: a late capture would be kept',
    story: 'declined',
    sql: [['payment', 'update payment set cancelled = false where order_id = $1']],
    says: /the payment is not marked as cancelled, but the order is payment_declined/,
  },
  {
    invariant: 'I6',
    fault: 'a payment that is marked as cancelled, of a fulfilled order',
    sql: [['payment', 'update payment set cancelled = true where order_id = $1']],
    says: /the payment is marked as cancelled, but the order is fulfilled/,
  },
  {
    invariant: 'I6',
    fault: 'an amount that was published differently from the record',
    sql: [
      ['order', unsay('PaymentProcessed')],
      ['order', say('PaymentProcessed', '{ "amount": 4400 }')],
    ],
    says: /PaymentProcessed of 4400, but 4500 is recorded/,
  },
  {
    invariant: 'I6',
    fault: 'an event without its change in inventory’s records',
    story: 'cancelledUnpaid',
    sql: [
      ['inventory', `alter table reservation drop constraint reservation_waits_while_pending`],
      ['inventory', `update reservation set status = 'pending' where order_id = $1`],
    ],
    says: /the reservation: pending, but its events lead to released/,
  },
  {
    invariant: 'I6',
    fault: 'a service without a record of an order',
    sql: [['inventory', 'delete from reservation where order_id = $1']],
    says: /inventory has no record of it/,
  },
  {
    invariant: 'I6',
    fault: 'a notification that only the history shows',
    sql: [['notification', `delete from notification where order_id = $1 and occasion = 'order_placed'`]],
    says: /the notifications: email:order_fulfilled:sent, but its events lead to email:order_fulfilled:sent, email:order_placed/,
  },
  {
    invariant: 'I6',
    fault: 'a missing notification',
    sql: [['order', unsay('NotificationSent')]],
    says: /order_fulfilled has no notification/,
  },
  {
    invariant: 'I6',
    fault: 'an event without its occasion in notification',
    sql: [['notification', `update addressee set occasions = '{order_placed}' where order_id = $1`]],
    says: /the occasions of notification: order_placed, but its events lead to order_fulfilled, order_placed/,
  },
  {
    invariant: 'I6',
    fault: 'a notification that promises more, after the end',
    story: 'overtaken',
    sql: [['order', say('NotificationSent', '{ "channel": "email", "occasion": "order_placed" }')]],
    says: /order_placed has a notification, but needs none/,
  },
  {
    invariant: 'I6',
    fault: 'a notification of a refund of 0',
    story: 'cancelledPaid',
    sql: [['order', 'update customer_order set total = 0 where id = $1']],
    says: /payment_refunded has a notification, but needs none/,
  },
  {
    invariant: 'I6',
    fault: 'a status of the order without its event',
    sql: [['order', `update customer_order set notifications = '[]' where id = $1`]],
    says: /the order’s view of its notifications: none/,
  },
]
