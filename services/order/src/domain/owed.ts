/** The events that an open order waits for, and the service that owes each. */
import type { MessageType, ServiceName } from '@quadrille/events'
import type { Order } from './order.ts'

/** The services whose answers an order needs to be settled. */
export const debtors = ['payment', 'inventory'] as const satisfies readonly ServiceName[]

export type Debtor = (typeof debtors)[number]

/** An answer that the order needs to be settled. */
export interface Owed {
  readonly by: Debtor
  /** Any one of these events is the answer. */
  readonly events: readonly MessageType[]
  /** The messages that it answers. Each must have reached the owing service. */
  readonly to: readonly MessageType[]
  /** The action of an operator. Null if the answer will come by itself. */
  readonly remedy: string | null
}

/** The answers that an order still waits for. Empty once it is settled. */
export const owedTo = (order: Order): Owed[] => {
  switch (order.status) {
    case 'placed':
    case 'paid':
      return [order.payment === 'pending' ? outcomeOfCharge : outcomeOfReservation]
    case 'fulfilled':
      return []
    case 'cancelled':
      return [...paymentsAnswer(order), ...inventorysAnswer(order)]
  }
}

const outcomeOfCharge: Owed = {
  by: 'payment',
  events: ['PaymentProcessed', 'PaymentDeclined'],
  to: ['OrderPlaced'],
  remedy: null,
}

const outcomeOfReservation: Owed = {
  by: 'inventory',
  events: ['InventoryReserved', 'InventoryRejected'],
  to: ['OrderPlaced', 'PaymentProcessed'],
  remedy: null,
}

const paymentsAnswer = ({ id, payment }: Order): Owed[] => {
  switch (payment) {
    case 'declined':
    case 'voided':
    case 'refunded':
      return []
    case 'refund_failed':
      return [
        {
          by: 'payment',
          events: ['PaymentRefunded'],
          to: ['OrderCancelled'],
          remedy: `The gateway refused the refund. Retry it, or make it by hand and record it: POST /payments/${id}/refund`,
        },
      ]
    case 'pending':
    case 'captured':
    case 'refunding':
      return [{ by: 'payment', events: ['PaymentRefunded', 'PaymentVoided'], to: ['OrderCancelled'], remedy: null }]
  }
}

const inventorysAnswer = ({ inventory }: Order): Owed[] =>
  inventory === 'rejected' || inventory === 'released'
    ? []
    : [{ by: 'inventory', events: ['InventoryReleased'], to: ['OrderCancelled'], remedy: null }]
