/** Violations in the traces of events. */
import { type Plant, retrace } from './plant.ts'

export const inTraces: readonly Plant[] = [
  {
    invariant: 'I10',
    fault: 'an event that has lost its trace',
    sql: [['order', retrace('PaymentProcessed', null)]],
    says: /PaymentProcessed is in no trace of the order/,
  },
  {
    invariant: 'I10',
    fault: 'an event in a trace of its own',
    sql: [['order', retrace('NotificationSent', 'b')]],
    says: /NotificationSent is in no trace of the order/,
  },
  {
    invariant: 'I10',
    fault: 'a cancellation without a request in a trace of its own',
    story: 'outOfStock',
    sql: [['order', retrace('OrderCancelled', 'b')]],
    says: /OrderCancelled is in no trace of the order/,
  },
  {
    invariant: 'I10',
    fault: 'a cancellation by the customer in a trace of its own',
    story: 'cancelledPaid',
    sql: [['order', retrace('OrderCancelled', 'b')]],
    says: /OrderCancelled is in no trace of the order/,
  },
  {
    invariant: 'I10',
    fault: 'a refund that was never refused in a trace of its own',
    story: 'cancelledPaid',
    sql: [['order', retrace('PaymentRefunded', 'b')]],
    says: /PaymentRefunded is in no trace of the order/,
  },
  {
    invariant: 'I10',
    fault: 'an effect in the trace of another request than its cause',
    story: 'cancelledPaid',
    sql: [
      ['order', retrace('OrderCancelled', 'b')],
      [
        'order',
        `update order_event as effect
         set event = jsonb_set(effect.event::jsonb, '{causationid}', to_jsonb(cause.id::text))::json from order_event as cause
         where effect.order_id = $1 and effect.event->>'type' = 'InventoryReleased'
           and cause.order_id = $1 and cause.event->>'type' = 'OrderCancelled'`,
      ],
    ],
    says: /InventoryReleased is not in the trace of OrderCancelled, which caused it/,
  },
  {
    invariant: 'I10',
    fault: 'an order that was placed without a trace, and has one later',
    sql: [['order', retrace('OrderPlaced', null)]],
    says: /OrderFulfilled is in no trace of the order/,
  },
]
