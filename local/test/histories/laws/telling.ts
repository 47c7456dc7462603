/** The customer is told once about everything that happened, and the order shows it. */
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
  readonly notifications: readonly { readonly occasion: Occasion; readonly status: string }[]
}

export const checkTelling = ({ notifications }: MemoryWorld, order: Shown, said: readonly Message[]): void => {
  const happened = said.flatMap(({ type }) => occasions[type] ?? [])
  const told = said.flatMap((message) =>
    message.type === 'NotificationSent' || message.type === 'NotificationFailed'
      ? [`${message.data.occasion} ${message.type === 'NotificationSent' ? 'sent' : 'failed'}`]
      : [],
  )
  const occasionsTold = told.map((result) => result.split(' ')[0] ?? '')
  check(listed(occasionsTold) === listed(happened), `happened: ${happened}; told: ${told}`, order.id)
  const shown = order.notifications.map(({ occasion, status }) => `${occasion} ${status}`)
  check(listed(shown) === listed(told), `told: ${told}; shown by the order: ${shown}`, order.id)
  const [first] = said
  const kept = first ? notifications.of(first).notifications.map(({ occasion, status }) => `${occasion} ${status}`) : []
  check(listed(kept) === listed(told), `told: ${told}; in notification’s books: ${kept}`, order.id)
}

const listed = (results: readonly string[]): string => results.toSorted().join(', ')
