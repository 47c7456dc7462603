/** The states that a history leads to once every service has handled all of its events. */
import { type MessageType, type Occasion, occasionOfParcel } from '@quadrille/events'
import type { EventRecord } from './history-rules.ts'

export interface Expected {
  /** The order's status, or the reason of its cancellation. */
  readonly order: string
  readonly cancelled: boolean
  readonly shownPayment: string
  readonly shownInventory: string
  /** Several if the history is ambiguous: the retry of a refused refund publishes no event. */
  readonly payment: readonly string[]
  readonly reservation: string
  /** The occasions that notification must have recorded. */
  readonly occasions: readonly Occasion[]
  /** Such as "email:order_fulfilled:sent, email:order_placed:sent"; "none" without notifications. */
  readonly notifications: string
}

const occasions: Partial<Record<MessageType, Occasion>> = {
  OrderPlaced: 'order_placed',
  OrderFulfilled: 'order_fulfilled',
  OrderCancelled: 'order_cancelled',
  PaymentRefunded: 'payment_refunded',
  PaymentRefundFailed: 'refund_failed',
}

export const expectedOf = (history: readonly EventRecord[]): Expected => {
  const types = new Set(history.map(({ type }) => type as MessageType))
  return {
    order: orderOf(history),
    cancelled: types.has('OrderCancelled'),
    shownPayment: shownPaymentOf(types),
    shownInventory: firstOf(types, [
      ['InventoryReleased', 'released'],
      ['InventoryRejected', 'rejected'],
      ['InventoryReserved', 'reserved'],
    ]),
    payment: paymentOf(types),
    reservation: firstOf(types, [
      ['OrderFulfilled', 'committed'],
      ['InventoryReleased', 'released'],
      ['InventoryRejected', 'rejected'],
      ['InventoryReserved', 'reserved'],
    ]),
    occasions: [...new Set(history.flatMap(occasionOf))],
    notifications: listed(history.flatMap(notificationOf)),
  }
}

const occasionOf = ({ type, about }: EventRecord): Occasion[] => {
  if (type === 'ShipmentDispatched') return [occasionOfParcel({ at: about })]
  const occasion = occasions[type as MessageType]
  return occasion ? [occasion] : []
}

/** The result of the first of these events that has happened. */
const firstOf = (
  types: ReadonlySet<MessageType>,
  states: readonly (readonly [MessageType, string])[],
  otherwise = 'pending',
): string => states.find(([type]) => types.has(type))?.[1] ?? otherwise

const orderOf = (history: readonly EventRecord[]): string => {
  const cancelled = history.find(({ type }) => type === 'OrderCancelled')
  if (cancelled) return cancelled.about
  const types = new Set(history.map(({ type }) => type as MessageType))
  const states = [
    ['OrderFulfilled', 'fulfilled'],
    ['PaymentProcessed', 'paid'],
  ] as const
  return firstOf(types, states, 'placed')
}

const shownPaymentOf = (types: ReadonlySet<MessageType>): string =>
  firstOf(types, [
    ['PaymentRefunded', 'refunded'],
    ['PaymentRefundFailed', 'refund_failed'],
    ['PaymentProcessed', types.has('OrderCancelled') ? 'refunding' : 'captured'],
    ['PaymentVoided', 'voided'],
    ['PaymentDeclined', 'declined'],
  ])

const paymentOf = (types: ReadonlySet<MessageType>): string[] => {
  const shown = shownPaymentOf(types)
  if (shown === 'refund_failed') return [shown, 'refunding']
  if (shown === 'pending' && types.has('OrderCancelled')) return ['cancelling']
  return [shown]
}

const notificationOf = ({ type, about }: EventRecord): string[] => {
  if (type === 'NotificationSent') return [`${about}:sent`]
  return type === 'NotificationFailed' ? [`${about}:failed`] : []
}

/** Sorted, because events arrive in any order. */
export const listed = (words: readonly string[]): string => words.toSorted().join(', ') || 'none'
