/** The words for an event in the line of its order. */
import { type CancellationReason, type Message, type MessageType, minorDigitsOf } from '@quadrille/events'
import { visible } from './style.ts'

/** Null for messages that say nothing about it, such as a notification. */
export const stepOf = (message: Message): string | null => {
  switch (message.type) {
    case 'OrderPlaced':
      return `placed ${moneyOf(message.data.total, message.data.currency)}`
    case 'OrderCancelled':
      return cancelled[message.data.reason]
    case 'ShipmentDispatched':
      return `a parcel is on its way: ${visible(`${message.data.carrier} ${message.data.trackingCode}`)}`
    default:
      return steps.get(message.type) ?? null
  }
}

const steps: ReadonlyMap<MessageType, string> = new Map([
  ['PaymentProcessed', 'paid'],
  ['PaymentDeclined', 'payment declined'],
  ['PaymentVoided', 'payment voided'],
  ['PaymentRefunded', 'refunded'],
  ['PaymentRefundFailed', 'refund refused'],
  ['InventoryReserved', 'reserved'],
  ['InventoryRejected', 'out of stock'],
  ['InventoryReleased', 'stock released'],
  ['OrderFulfilled', 'fulfilled'],
])

/** The step before it shows the other reasons. */
const cancelled: Readonly<Record<CancellationReason, string>> = {
  payment_declined: 'cancelled',
  out_of_stock: 'cancelled',
  customer: 'cancelled by the customer',
  expired: 'expired and cancelled',
}

/** Each of these services answers a cancellation with one of its events. */
const answers: readonly (readonly MessageType[])[] = [
  ['PaymentDeclined', 'PaymentVoided', 'PaymentRefunded', 'PaymentRefundFailed'],
  ['InventoryRejected', 'InventoryReleased'],
]

/** How the order of these events has ended. `stopped`: an operator must act. Null if it is open. */
export const endingOf = (types: ReadonlySet<MessageType>): 'fulfilled' | 'cancelled' | 'stopped' | null => {
  if (types.has('OrderFulfilled')) return 'fulfilled'
  if (!types.has('OrderCancelled')) return null
  if (!answers.every((events) => events.some((type) => types.has(type)))) return null
  return types.has('PaymentRefundFailed') && !types.has('PaymentRefunded') ? 'stopped' : 'cancelled'
}

/** "25.00 EUR", from an amount in minor units. */
const moneyOf = (amount: number, currency: string): string => {
  const digits = minorDigitsOf(currency)
  return `${(amount / 10 ** digits).toFixed(digits)} ${currency}`
}
