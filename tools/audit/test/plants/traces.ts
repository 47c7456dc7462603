/** Violations in the traces of events. */
import { type Plant, retrace } from './plant.ts'

export const inTraces: readonly Plant[] = [
  {
    invariant: 'I10',
    fault: 'an event that has lost its trace',
    sql: [['order', retrace('PaymentProcessed', null)]],
    detail: /PaymentProcessed is in no trace of the order/,
  },
  {
    invariant: 'I10',
    fault: 'an event in a separate trace',
    sql: [['order', retrace('NotificationSent', 'b')]],
    detail: /NotificationSent is in no trace of the order/,
  },
  {
    invariant: 'I10',
    fault: 'a cancellation without a request in a separate trace',
    scenario: 'outOfStock',
    sql: [['order', retrace('OrderCancelled', 'b')]],
    detail: /OrderCancelled is in no trace of the order/,
  },
  {
    invariant: 'I10',
    fault: 'a cancellation by the customer in a separate trace',
    scenario: 'cancelledPaid',
    sql: [['order', retrace('OrderCancelled', 'b')]],
    detail: /OrderCancelled is in no trace of the order/,
  },
  {
    invariant: 'I10',
    fault: 'a refund without an earlier rejection in a separate trace',
    scenario: 'cancelledPaid',
    sql: [['order', retrace('PaymentRefunded', 'b')]],
    detail: /PaymentRefunded is in no trace of the order/,
  },
  {
    invariant: 'I10',
    fault: 'an effect in a different trace from its cause',
    scenario: 'cancelledPaid',
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
    detail: /InventoryReleased is not in the trace of OrderCancelled, which caused it/,
  },
  {
    invariant: 'I10',
    fault: 'an order that was placed without a trace and has one later',
    sql: [['order', retrace('OrderPlaced', null)]],
    detail: /OrderFulfilled is in no trace of the order/,
  },
]
