/** The answers that an open order waits for: their events, and the service that must publish them. */
import type { MessageType, ServiceName } from '@quadrille/events'
import type { Order } from './order.ts'

/** The services whose answers an order needs to be settled. */
export const answeringServices = ['payment', 'inventory'] as const satisfies readonly ServiceName[]

export type AnsweringService = (typeof answeringServices)[number]

/** An answer that an order waits for. */
export interface PendingAnswer {
  readonly service: AnsweringService
  /** Any one of these events is the answer. */
  readonly events: readonly MessageType[]
  /** The messages that trigger the answer. The service must have received all of them. */
  readonly triggeredBy: readonly MessageType[]
  /** Whether an operator must act before the service can answer. */
  readonly waitsForOperator: boolean
}

/**
 * The answers that an order still waits for. Empty once it is settled, unless a capture came after PaymentVoided or
 * PaymentDeclined: then its refund is missing.
 */
export const pendingAnswers = (order: Order): PendingAnswer[] => {
  switch (order.status) {
    case 'placed':
    case 'paid':
      return [order.payment === 'pending' ? chargeAnswer : reservationAnswer]
    case 'fulfilled':
      return []
    case 'cancelled':
      return [...cancellationAnswerOfPayment(order), ...cancellationAnswerOfInventory(order)]
  }
}

const chargeAnswer: PendingAnswer = {
  service: 'payment',
  events: ['PaymentProcessed', 'PaymentDeclined'],
  triggeredBy: ['OrderPlaced'],
  waitsForOperator: false,
}

const reservationAnswer: PendingAnswer = {
  service: 'inventory',
  events: ['InventoryReserved', 'InventoryRejected'],
  triggeredBy: ['OrderPlaced', 'PaymentProcessed'],
  waitsForOperator: false,
}

const cancellationAnswerOfPayment = ({ payment }: Order): PendingAnswer[] => {
  switch (payment) {
    case 'declined':
    case 'voided':
    case 'refunded':
      return []
    case 'refund_failed':
      return [{ ...compensation('payment', ['PaymentRefunded']), waitsForOperator: true }]
    case 'pending': // it may have been declined before the cancellation
      return [compensation('payment', ['PaymentRefunded', 'PaymentVoided', 'PaymentDeclined'])]
    case 'captured':
    case 'refunding':
      return [compensation('payment', ['PaymentRefunded'])]
  }
}

const cancellationAnswerOfInventory = ({ inventory }: Order): PendingAnswer[] => {
  switch (inventory) {
    case 'rejected':
    case 'released':
      return []
    case 'pending': // it may have been rejected before the cancellation
      return [compensation('inventory', ['InventoryReleased', 'InventoryRejected'])]
    case 'reserved':
      return [compensation('inventory', ['InventoryReleased'])]
  }
}

const compensation = (service: AnsweringService, events: readonly MessageType[]): PendingAnswer => ({
  service,
  events,
  triggeredBy: ['OrderCancelled'],
  waitsForOperator: false,
})
