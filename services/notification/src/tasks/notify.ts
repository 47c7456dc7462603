import { type Draft, draft } from '@quadrille/events'
import { type Task, task } from '@quadrille/service'
import type { Channel, Fate } from '../channels/channel.ts'
import type { About } from '../domain/notification.ts'

/** Our own books, as far as the task reads them. All the rest is the reactions'. */
export interface Books {
  /** Whether this notification is in them, and has no result. */
  awaits(about: About): Promise<boolean>
}

export interface NotifyOptions {
  readonly books: Books
  /** From the first one on; after so many the customer stays untold. */
  readonly maxAttempts: number
  /** Told of what made the last attempt fail. */
  readonly onExhausted: (error: unknown, about: About) => void
}

/**
 * Tells a customer something by this channel, as long as the books want it. What is no outcome yet is tried again, but not for
 * ever: it blocks nothing.
 */
export const notify = (channel: Channel, { books, maxAttempts, onExhausted }: NotifyOptions): Task =>
  task(
    'Notify',
    async (notice, { number: attempts, signal }) => {
      const about = { orderId: notice.orderId, channel: channel.name, occasion: notice.occasion }
      // Else it is over already; or these books were restored, and whoever gives them what they missed asks anew.
      if (!(await books.awaits(about))) return null
      try {
        return outcome(about, attempts, await channel.deliver(notice, signal))
      } catch (error) {
        if (attempts < maxAttempts || signal.aborted) throw error
        onExhausted(error, about)
        return draft('NotificationUndeliverable', { ...about, attempts, code: 'attempts_exhausted' })
      }
    },
    { maxAttempts },
  )

const outcome = (about: About, attempts: number, fate: Fate): Draft => {
  switch (fate.outcome) {
    case 'sent':
      return draft('NotificationDelivered', { ...about, attempts })
    case 'kept':
      return draft('NotificationDelivered', { ...about, attempts, kept: { subject: fate.subject, text: fate.text } })
    case 'refused':
      return draft('NotificationUndeliverable', { ...about, attempts, code: fate.code })
  }
}
