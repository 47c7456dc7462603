/** The choreography of the shop: which service publishes and consumes which messages. */
import type { Choreography } from '@quadrille/messages'
import type { catalog } from './catalog.ts'

export const choreography = {
  order: {
    name: 'order',
    essential: true,
    publishes: ['OrderPlaced', 'OrderFulfilled', 'OrderCancelled'],
    consumes: [
      'PaymentProcessed',
      'PaymentDeclined',
      'PaymentVoided',
      'PaymentRefunded',
      'PaymentRefundFailed',
      'InventoryReserved',
      'InventoryRejected',
      'InventoryReleased',
      'NotificationSent',
      'NotificationFailed',
    ],
    internal: ['OrderSubmitted', 'CancellationRequested'],
    work: null,
  },
  payment: {
    name: 'payment',
    essential: true,
    publishes: ['PaymentProcessed', 'PaymentDeclined', 'PaymentVoided', 'PaymentRefunded', 'PaymentRefundFailed'],
    consumes: ['OrderPlaced', 'OrderCancelled'],
    internal: [
      'ChargeSucceeded',
      'ChargeDeclined',
      'ChargeCancelled',
      'RefundSucceeded',
      'RefundRefused',
      'RefundRequested',
    ],
    compensates: ['OrderCancelled', 'CancelCharge', 'Refund'],
    consumesOwnEvents: true,
    work: {
      queues: ['payment.tasks'],
      tasks: {
        Charge: ['ChargeSucceeded', 'ChargeDeclined'],
        CancelCharge: ['ChargeCancelled', 'ChargeSucceeded'],
        Refund: ['RefundSucceeded', 'RefundRefused'],
      },
    },
  },
  inventory: {
    name: 'inventory',
    essential: true,
    publishes: ['InventoryReserved', 'InventoryRejected', 'InventoryReleased'],
    consumes: ['OrderPlaced', 'PaymentProcessed', 'OrderFulfilled', 'OrderCancelled'],
    internal: [],
    compensates: ['OrderCancelled'],
    consumesOwnEvents: true,
    work: null,
  },
  notification: {
    name: 'notification',
    essential: true,
    publishes: ['NotificationSent', 'NotificationFailed'],
    consumes: ['OrderPlaced', 'OrderFulfilled', 'OrderCancelled', 'PaymentRefunded', 'PaymentRefundFailed'],
    internal: ['NotificationDelivered', 'NotificationUndeliverable'],
    consumesOwnEvents: true,
    work: {
      fanout: 'notification.channels',
      queues: ['notification.email', 'notification.webhook', 'notification.web'],
      tasks: { Notify: ['NotificationDelivered', 'NotificationUndeliverable'] },
    },
  },
} as const satisfies Choreography<keyof typeof catalog>
