/** The customer is notified once of each relevant occasion, and the order shows it. */
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
  /** In the order of arrival at notification. */
  readonly heard: readonly Message[]
}

export const checkNotifications = ({ notifications }: MemoryWorld, order: Shown, { said, heard }: OfOrder): void => {
  const due = newsOf(order, heard)
  const told = said.flatMap((message) =>
    message.type === 'NotificationSent' || message.type === 'NotificationFailed'
      ? [`${message.data.occasion} ${message.type === 'NotificationSent' ? 'sent' : 'failed'}`]
      : [],
  )
  const occasionsTold = told.map((result) => result.split(' ')[0] ?? '')
  check(listed(occasionsTold) === listed(due), `due: ${due}; notified: ${told}`, order.id)
  const shown = order.notifications.map(({ occasion, status }) => `${occasion} ${status}`)
  check(listed(shown) === listed(told), `notified: ${told}; shown by the order: ${shown}`, order.id)
  const [first] = said
  const kept = first ? notifications.of(first).notifications.map(({ occasion, status }) => `${occasion} ${status}`) : []
  check(listed(kept) === listed(told), `notified: ${told}; stored by notification: ${kept}`, order.id)
}

/** An OrderPlaced that was overtaken needs no notification, and neither does a refund of an order that cost nothing. */
const newsOf = ({ total }: Shown, heard: readonly Message[]): Occasion[] =>
  heard
    .flatMap(({ type }) => occasions[type] ?? [])
    .filter((occasion, position) => occasion !== 'order_placed' || position === 0)
    .filter((occasion) => occasion !== 'payment_refunded' || total > 0)

const listed = (results: readonly string[]): string => results.toSorted().join(', ')
