/** Violations in the order service and the histories. */
import { deleteEvents, insertEvent, type Plant } from './plant.ts'

export const inOrders: readonly Plant[] = [
  {
    invariant: 'I1',
    fault: 'an order that never ended',
    sql: [['order', `update customer_order set status = 'paid', settled = false where id = $1`]],
    detail: /has not ended: it is paid/,
  },
  {
    invariant: 'I1',
    fault: 'an order without an idempotency key that never ended',
    scenario: 'cancelledUnpaid',
    sql: [
      [
        'order',
        `update customer_order set status = 'placed', settled = false, cancellation_reason = null where id = $1`,
      ],
    ],
    detail: /has not ended: it is placed/,
  },
  {
    invariant: 'I1',
    fault: 'a cancelled order that was never settled',
    scenario: 'cancelledPaid',
    sql: [['order', `update customer_order set settled = false, payment = 'refunding' where id = $1`]],
    detail: /is not settled: payment refunding, inventory released/,
  },
  {
    invariant: 'I1',
    fault: 'an order that ended in two ways',
    sql: [['order', insertEvent('OrderCancelled', '{ "reason": "customer" }')]],
    detail: /ended 2 times/,
  },
  {
    invariant: 'I5',
    fault: 'an effect without its cause',
    sql: [['order', insertEvent('InventoryReleased')]],
    detail: /InventoryReleased without OrderCancelled before it/,
  },
  {
    invariant: 'I5',
    fault: 'an effect before its cause',
    scenario: 'declined',
    sql: [
      ['order', deleteEvents('PaymentDeclined')],
      ['order', insertEvent('PaymentDeclined', '{ "amount": 4500 }')],
    ],
    detail: /OrderCancelled without PaymentDeclined before it/,
  },
  {
    invariant: 'I5',
    fault: 'stock that was reserved for an unpaid order',
    sql: [['order', deleteEvents('PaymentProcessed')]],
    detail: /InventoryReserved without PaymentProcessed/,
  },
  {
    invariant: 'I5',
    fault: 'two events that exclude each other',
    scenario: 'cancelledPaid',
    sql: [['order', insertEvent('PaymentVoided')]],
    detail: /PaymentVoided and PaymentProcessed/,
  },
  {
    invariant: 'I5',
    fault: 'an unreachable combination of states',
    sql: [['order', `update customer_order set payment = 'refunded' where id = $1`]],
    detail: /is fulfilled, with payment refunded and inventory reserved/,
  },
  {
    invariant: 'I5',
    fault: 'a cancelled order that is settled before both answers',
    scenario: 'cancelledPaid',
    sql: [['order', `update customer_order set payment = 'refunding' where id = $1`]],
    detail: /is settled before both answers have arrived/,
  },
  {
    invariant: 'I6',
    fault: 'an order whose last event is missing',
    sql: [['order', deleteEvents('OrderFulfilled')]],
    detail: /the order: fulfilled, but its events lead to paid/,
  },
  {
    invariant: 'I6',
    fault: 'an event without its state change in payment',
    scenario: 'cancelledPaid',
    sql: [['payment', `update payment set status = 'refunding', refunded = 0 where order_id = $1`]],
    detail: /the payment: refunding, but its events lead to refunded/,
  },
  {
    invariant: 'I6',
    fault: 'a declined payment that is not marked as cancelled: a late capture would be kept',
    scenario: 'declined',
    sql: [['payment', 'update payment set cancelled = false where order_id = $1']],
    detail: /the payment is not marked as cancelled, but the order is payment_declined/,
  },
  {
    invariant: 'I6',
    fault: 'a payment that is marked as cancelled, of a fulfilled order',
    sql: [['payment', 'update payment set cancelled = true where order_id = $1']],
    detail: /the payment is marked as cancelled, but the order is fulfilled/,
  },
  {
    invariant: 'I6',
    fault: 'a published amount that differs from the recorded one',
    sql: [
      ['order', deleteEvents('PaymentProcessed')],
      ['order', insertEvent('PaymentProcessed', '{ "amount": 4400 }')],
    ],
    detail: /PaymentProcessed of 4400, but 4500 is recorded/,
  },
  {
    invariant: 'I6',
    fault: 'an event without its state change in inventory',
    scenario: 'cancelledUnpaid',
    sql: [
      ['inventory', `alter table reservation drop constraint reservation_waits_while_pending`],
      ['inventory', `update reservation set status = 'pending' where order_id = $1`],
    ],
    detail: /the reservation: pending, but its events lead to released/,
  },
  {
    invariant: 'I6',
    fault: 'a service without a record of an order',
    sql: [['inventory', 'delete from reservation where order_id = $1']],
    detail: /inventory has no record of it/,
  },
  {
    invariant: 'I6',
    fault: 'a notification that is only in the history',
    sql: [['notification', `delete from notification where order_id = $1 and occasion = 'order_placed'`]],
    detail:
      /the notifications: email:order_fulfilled:sent, but its events lead to email:order_fulfilled:sent, email:order_placed/,
  },
  {
    invariant: 'I6',
    fault: 'a missing notification',
    sql: [['order', deleteEvents('NotificationSent')]],
    detail: /order_fulfilled has no notification/,
  },
  {
    invariant: 'I6',
    fault: 'an event without its occasion in notification',
    sql: [['notification', `update addressee set occasions = '{order_placed}' where order_id = $1`]],
    detail: /the occasions of notification: order_placed, but its events lead to order_fulfilled, order_placed/,
  },
  {
    invariant: 'I6',
    fault: 'a notification of the placing after the end',
    scenario: 'overtaken',
    sql: [['order', insertEvent('NotificationSent', '{ "channel": "email", "occasion": "order_placed" }')]],
    detail: /order_placed has a notification, but needs none/,
  },
  {
    invariant: 'I6',
    fault: 'a notification of a refund of 0',
    scenario: 'cancelledPaid',
    sql: [['order', 'update customer_order set total = 0 where id = $1']],
    detail: /payment_refunded has a notification, but needs none/,
  },
  {
    invariant: 'I6',
    fault: 'a status of the order without its event',
    sql: [['order', `update customer_order set notifications = '[]' where id = $1`]],
    detail: /the order’s view of its notifications: none/,
  },
]
