/** A notification: one message through one channel on one occasion, and its result. */
import type { Channel, Occasion } from '@quadrille/events'

/** Identifies a notification. */
export interface NotificationKey {
  readonly orderId: string
  readonly channel: Channel
  readonly occasion: Occasion
}

export interface EmailText {
  readonly subject: string
  readonly text: string
}

export type Pending = NotificationKey & { readonly status: 'pending' }

export type Sent = NotificationKey & {
  readonly status: 'sent'
  readonly attempts: number
  /** The text, if it was stored because there is no transport. Null if it was sent. */
  readonly kept: EmailText | null
}

export type Failed = NotificationKey & { readonly status: 'failed'; readonly attempts: number; readonly code: string }

/** The code of a notification that was not sent, because the channel had sent a later one that replaces it. */
export const overtaken = 'overtaken'

/** Final: later results change nothing. */
export type Result = Sent | Failed

export type Notification = Pending | Result

export const pending = (key: NotificationKey): Pending => ({ ...key, status: 'pending' })

/** The key as text, for maps and comparisons. */
export const keyOf = ({ orderId, channel, occasion }: NotificationKey): string => `${orderId}:${channel}:${occasion}`

/** The notifications with this result added. Undefined if it had a result before. */
export const conclude = (notifications: readonly Notification[], result: Result): Notification[] | undefined => {
  const known = notifications.find((each) => keyOf(each) === keyOf(result))
  if (known && known.status !== 'pending') return undefined
  return [...notifications.filter((each) => each !== known), result]
}
