/** The customer is told once about everything that happened and is still news, and the order shows it. */
import type { Message, MessageType, Occasion } from '@quadrille/events'
import type { MemoryWorld } from '../memory-world.ts'
import { check } from './law.ts'

const occasions: Partial<Record<MessageType, Occasion>> = {
  OrderPlaced: 'order_placed',
  OrderFulfilled: 'order_fulfilled',
  OrderCancelled: 'order_cancelled',
  PaymentRefunded: 'payment_refunded',
  PaymentRefundFailed: 'refund_failed',
}

interface Shown {
  readonly id: string
  readonly total: number
  readonly notifications: readonly { readonly occasion: Occasion; readonly status: string }[]
}

interface OfOrder {
  readonly said: readonly Message[]
  /** By notification, the first first. */
  readonly heard: readonly Message[]
}

export const checkTelling = ({ notifications }: MemoryWorld, order: Shown, { said, heard }: OfOrder): void => {
  const due = newsOf(order, heard)
  const told = said.flatMap((message) =>
    message.type === 'NotificationSent' || message.type === 'NotificationFailed'
      ? [`${message.data.occasion} ${message.type === 'NotificationSent' ? 'sent' : 'failed'}`]
      : [],
  )
  const occasionsTold = told.map((result) => result.split(' ')[0] ?? '')
  check(listed(occasionsTold) === listed(due), `to be told: ${due}; told: ${told}`, order.id)
  const shown = order.notifications.map(({ occasion, status }) => `${occasion} ${status}`)
  check(listed(shown) === listed(told), `told: ${told}; shown by the order: ${shown}`, order.id)
  const [first] = said
  const kept = first ? notifications.of(first).notifications.map(({ occasion, status }) => `${occasion} ${status}`) : []
  check(listed(kept) === listed(told), `told: ${told}; in notification’s books: ${kept}`, order.id)
}

/** A late OrderPlaced has been answered by what overtook it, and of an order that cost nothing, nothing was returned. */
const newsOf = ({ total }: Shown, heard: readonly Message[]): Occasion[] =>
  heard
    .flatMap(({ type }) => occasions[type] ?? [])
    .filter((occasion, position) => occasion !== 'order_placed' || position === 0)
    .filter((occasion) => occasion !== 'payment_refunded' || total > 0)

const listed = (results: readonly string[]): string => results.toSorted().join(', ')
