/** The customer gets one notification for each relevant occasion through each channel, and the order shows it. */
import { type Message, type MessageType, type Occasion, occasionOfParcel } from '@quadrille/events'
import { activeChannels } from '@quadrille/notification/channels'
import type { MemoryWorld } from '../memory-world.ts'
import { check } from './check.ts'

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
  readonly notifications: readonly ShownNotification[]
}

interface ShownNotification {
  readonly channel: string
  readonly occasion: Occasion
  readonly status: string
}

interface OfOrder {
  readonly published: readonly Message[]
  /** The messages that notification received, in that order. */
  readonly received: readonly Message[]
}

export const checkNotifications = (
  { notifications }: MemoryWorld,
  order: Shown,
  { published, received }: OfOrder,
): void => {
  const occasions = expectedOccasions(order, received)
  const expected = activeChannels.flatMap((channel) => occasions.map((occasion) => `${channel} ${occasion}`))
  const results = published.flatMap((message) =>
    message.type === 'NotificationSent' || message.type === 'NotificationFailed'
      ? [asText({ ...message.data, status: message.type === 'NotificationSent' ? 'sent' : 'failed' })]
      : [],
  )
  const notified = results.map((result) => result.replace(/ \w+$/, ''))
  check(listed(notified) === listed(expected), `expected: ${expected}; notified: ${results}`, order.id)
  const shown = order.notifications.map(asText)
  check(listed(shown) === listed(results), `notified: ${results}; shown by the order: ${shown}`, order.id)
  const [first] = published
  const stored = first ? notifications.of(first).notifications.map(asText) : []
  check(listed(stored) === listed(results), `notified: ${results}; stored by notification: ${stored}`, order.id)
}

/**
 * An OrderPlaced that arrives after a later event causes no notification, nor does a PaymentRefundFailed after the refund, nor the
 * refund of a free order.
 */
const expectedOccasions = ({ total }: Shown, received: readonly Message[]): Occasion[] =>
  received
    .flatMap((message) => occasionOf(message) ?? [])
    .filter((occasion, position) => occasion !== 'order_placed' || position === 0)
    .filter(
      (occasion, position, all) => occasion !== 'refund_failed' || !all.slice(0, position).includes('payment_refunded'),
    )
    .filter((occasion) => occasion !== 'payment_refunded' || total > 0)

const occasionOf = ({ type, data }: Message): Occasion | undefined =>
  type === 'ShipmentDispatched' ? occasionOfParcel(data) : occasions[type]

const asText = ({ channel, occasion, status }: ShownNotification): string => `${channel} ${occasion} ${status}`

const listed = (results: readonly string[]): string => results.toSorted().join(', ')
