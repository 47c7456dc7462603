/** One message by one channel on one occasion, and what became of it. */
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
  /** What there is to show where no transport is configured; null where it went out. */
  readonly kept: Kept | null
}

export type Failed = About & { readonly status: 'failed'; readonly attempts: number; readonly code: string }

/** Final: what comes after it changes nothing. */
export type Result = Sent | Failed

export type Notification = Pending | Result

export const pending = (about: About): Pending => ({ ...about, status: 'pending' })

export const sameNotification = (one: About, other: About): boolean =>
  one.orderId === other.orderId && one.channel === other.channel && one.occasion === other.occasion

/** The notifications with this result among them, or undefined where it has had one before. */
export const conclude = (notifications: readonly Notification[], result: Result): Notification[] | undefined => {
  const known = notifications.find((each) => sameNotification(each, result))
  if (known && known.status !== 'pending') return undefined
  return [...notifications.filter((each) => each !== known), result]
}
