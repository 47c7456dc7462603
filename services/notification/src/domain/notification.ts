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

/** Final: what comes after it changes nothing. */
export type Result = About & { readonly attempts: number } & (
    | {
        readonly status: 'sent' /** Where there is no transport, and it is shown by HTTP instead. */
        readonly kept: Kept | null
      }
    | { readonly status: 'failed'; readonly code: string }
  )

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
