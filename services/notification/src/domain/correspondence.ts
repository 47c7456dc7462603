/** What the customer of one order is told: once per occasion, by every channel. */
import type { Channel, Customer, DataOf, Occasion } from '@quadrille/events'
import { type Notification, pending, sameNotification } from './notification.ts'

export interface Recipient {
  readonly customer: Customer
  readonly currency: string
  /** Minor units of the currency. */
  readonly total: number
}

/** Whom to tell, and what about. */
export interface Addressee {
  readonly orderId: string
  /** Null until the first event of the order itself: those of its payment don't say who the customer is. */
  readonly recipient: Recipient | null
  /** All that happened, in the order in which it was heard of. While there is no recipient, all of it waits. */
  readonly occasions: readonly Occasion[]
}

/** All that a reaction sees of an order. */
export interface Correspondence {
  readonly addressee: Addressee | undefined
  readonly notifications: readonly Notification[]
}

/** Something to tell: the data of a task. */
export type Notice = DataOf<'Notify'>

/** What the customer is to be told now, by an event that may say who the customer is. */
export interface Request {
  readonly orderId: string
  readonly occasion: Occasion
  readonly recipient?: Recipient
}

/** Channels from which a result is to be expected. The others are not configured, and leave no trace. */
export const expected: readonly Channel[] = ['email']

/**
 * The correspondence in which this was asked for, and the notices that have become due by it: the one asked for, unless it
 * was before or is no news, and, where the recipient has just become known, all that waited for that; but none that was told
 * already, which is known first where these books were restored. Undefined where nothing has changed.
 */
export const ask = (before: Correspondence, request: Request): { state: Correspondence; due: Notice[] } | undefined => {
  const known: Addressee = before.addressee ?? { orderId: request.orderId, recipient: null, occasions: [] }
  const recipient = known.recipient ?? request.recipient ?? null
  const repeated = known.occasions.includes(request.occasion)
  if (repeated && recipient === known.recipient) return undefined
  const occasions = repeated ? known.occasions : [...known.occasions, request.occasion]
  const addressee = { orderId: request.orderId, recipient, occasions }
  const due = noticesOf(addressee)
    .slice(noticesOf(known).length)
    .filter((notice) => !isTold(before, notice))
  return { due, state: { addressee, notifications: [...before.notifications, ...awaited(before, due)] } }
}

const noticesOf = ({ orderId, recipient, occasions }: Addressee): Notice[] =>
  recipient
    ? occasions
        .filter((occasion, position) => isNews(occasion, position, recipient))
        .map((occasion) => ({ orderId, occasion, ...recipient }))
    : []

/** Whether the customer is to be told about what was heard of at this position. It depends on nothing that comes later. */
const isNews = (occasion: Occasion, position: number, { total }: Recipient): boolean => {
  switch (occasion) {
    case 'order_placed':
      return position === 0 // overtaken, it would promise a confirmation that was given, or that never comes
    case 'payment_refunded':
      return total > 0 // of an order that cost nothing, nothing was returned
    case 'order_fulfilled':
    case 'order_cancelled':
    case 'refund_failed':
      return true
  }
}

const isTold = ({ notifications }: Correspondence, { orderId, occasion }: Notice): boolean =>
  expected.every((channel) =>
    notifications.some(
      (known) => known.status !== 'pending' && sameNotification(known, { orderId, channel, occasion }),
    ),
  )

const awaited = ({ notifications }: Correspondence, due: readonly Notice[]): Notification[] =>
  due
    .flatMap(({ orderId, occasion }) => expected.map((channel) => pending({ orderId, channel, occasion })))
    .filter((fresh) => !notifications.some((known) => sameNotification(known, fresh)))
