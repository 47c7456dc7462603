/** Endings of orders: the records of each service at rest. Each order has two mugs for a total of 45.00. */
import type { MessageType, Occasion } from '@quadrille/events'

interface Parcel {
  readonly at: string
  readonly carrier: string
  readonly trackingCode: string
}

export interface Scenario {
  readonly order: {
    readonly status: string
    readonly reason?: string
    readonly payment: string
    readonly inventory: string
  }
  /** In the order of arrival at the order service, without the notifications and the parcels. */
  readonly events: readonly MessageType[]
  /** In the order of arrival at notification. Default: the order of arrival at the order service. */
  readonly occasions?: readonly Occasion[]
  readonly payment: { readonly status: string; readonly captured: number; readonly byHand?: true }
  /** The payment intent, if there is one. */
  readonly ledger?: { readonly status: string; readonly captured: number; readonly refunded: number }
  readonly reservation: string
  readonly parcels?: readonly Parcel[]
  /** Whether it was placed without an idempotency key. */
  readonly keyless?: true
}

const total = 4_500
const paid = { status: 'captured', captured: total }
const fullyRefunded = { status: 'captured', captured: total, refunded: total }

export const scenarios = {
  fulfilled: {
    order: { status: 'fulfilled', payment: 'captured', inventory: 'reserved' },
    events: ['OrderPlaced', 'PaymentProcessed', 'InventoryReserved', 'OrderFulfilled'],
    payment: paid,
    ledger: { ...paid, refunded: 0 },
    reservation: 'committed',
  },
  overtaken: {
    order: { status: 'fulfilled', payment: 'captured', inventory: 'reserved' },
    events: ['OrderPlaced', 'InventoryReserved', 'OrderFulfilled', 'PaymentProcessed'],
    occasions: [
      'order_fulfilled',
      'order_placed',
      'shipment_dispatched:2026-11-20T12:00:00.000Z',
      'shipment_dispatched:2026-11-20T12:00:00.001Z',
    ],
    payment: paid,
    ledger: { ...paid, refunded: 0 },
    reservation: 'committed',
    parcels: [
      { at: '2026-11-20T12:00:00.000Z', carrier: 'DHL', trackingCode: '003404' },
      { at: '2026-11-20T12:00:00.001Z', carrier: 'Österreichische Post', trackingCode: 'a, b' },
    ],
  },
  declined: {
    order: { status: 'cancelled', reason: 'payment_declined', payment: 'declined', inventory: 'released' },
    events: ['OrderPlaced', 'PaymentDeclined', 'OrderCancelled', 'InventoryReleased'],
    payment: { status: 'declined', captured: 0 },
    ledger: { status: 'declined', captured: 0, refunded: 0 },
    reservation: 'released',
  },
  outOfStock: {
    order: { status: 'cancelled', reason: 'out_of_stock', payment: 'refunded', inventory: 'rejected' },
    events: ['OrderPlaced', 'PaymentProcessed', 'InventoryRejected', 'OrderCancelled', 'PaymentRefunded'],
    payment: { status: 'refunded', captured: total },
    ledger: fullyRefunded,
    reservation: 'rejected',
  },
  cancelledUnpaid: {
    order: { status: 'cancelled', reason: 'customer', payment: 'voided', inventory: 'released' },
    events: ['OrderPlaced', 'OrderCancelled', 'InventoryReleased', 'PaymentVoided'],
    payment: { status: 'voided', captured: 0 },
    reservation: 'released',
    keyless: true,
  },
  cancelledPaid: {
    order: { status: 'cancelled', reason: 'customer', payment: 'refunded', inventory: 'released' },
    events: [
      'OrderPlaced',
      'OrderCancelled',
      'PaymentProcessed',
      'InventoryReserved',
      'PaymentRefunded',
      'InventoryReleased',
    ],
    payment: { status: 'refunded', captured: total },
    ledger: fullyRefunded,
    reservation: 'released',
  },
  refundedByHand: {
    order: { status: 'cancelled', reason: 'out_of_stock', payment: 'refunded', inventory: 'rejected' },
    events: [
      'OrderPlaced',
      'PaymentProcessed',
      'InventoryRejected',
      'OrderCancelled',
      'PaymentRefundFailed',
      'PaymentRefunded',
    ],
    payment: { status: 'refunded', captured: total, byHand: true },
    ledger: { ...paid, refunded: 0 },
    reservation: 'rejected',
  },
  waitingForOperator: {
    order: { status: 'cancelled', reason: 'out_of_stock', payment: 'refund_failed', inventory: 'rejected' },
    events: ['OrderPlaced', 'PaymentProcessed', 'InventoryRejected', 'OrderCancelled', 'PaymentRefundFailed'],
    payment: { status: 'refund_failed', captured: total },
    ledger: { ...paid, refunded: 0 },
    reservation: 'rejected',
  },
} as const satisfies Record<string, Scenario>

export type ScenarioName = keyof typeof scenarios
