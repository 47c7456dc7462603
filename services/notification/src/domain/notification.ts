/** A notification: one message by one channel on one occasion, and its result. */
import type { Channel, Occasion } from '@quadrille/events'

export interface About {
  readonly orderId: string
  readonly channel: Channel
  readonly occasion: Occasion
}

export interface Kept {
  readonly subject: string
  readonly text: string
}

export type Pending = About & { readonly status: 'pending' }

export type Sent = About & {
  readonly status: 'sent'
  readonly attempts: number
  /** The text that is stored without a transport. Null if it was sent. */
  readonly kept: Kept | null
}

export type Failed = About & { readonly status: 'failed'; readonly attempts: number; readonly code: string }

/** Final: later results change nothing. */
export type Result = Sent | Failed

export type Notification = Pending | Result

export const pending = (about: About): Pending => ({ ...about, status: 'pending' })

export const sameNotification = (one: About, other: About): boolean =>
  one.orderId === other.orderId && one.channel === other.channel && one.occasion === other.occasion

/** The notifications with this result added. Undefined if it had a result before. */
export const conclude = (notifications: readonly Notification[], result: Result): Notification[] | undefined => {
  const known = notifications.find((each) => sameNotification(each, result))
  if (known && known.status !== 'pending') return undefined
  return [...notifications.filter((each) => each !== known), result]
}
