import { type Draft, draft } from '@quadrille/events'
import { type Task, task } from '@quadrille/service'
import type { Channel, Fate } from '../channels/channel.ts'
import type { About } from '../domain/notification.ts'

export interface NotifyOptions {
  /** From the first one on; after so many the customer stays untold. */
  readonly maxAttempts: number
  /** Told of what made the last attempt fail. */
  readonly onExhausted: (error: unknown, about: About) => void
}

/** Tells a customer something by this channel. What is no outcome yet is tried again, but not for ever: it blocks nothing. */
export const notify = (channel: Channel, { maxAttempts, onExhausted }: NotifyOptions): Task =>
  task(
    'Notify',
    async (notice, { number: attempts, signal }) => {
      const about = { orderId: notice.orderId, channel: channel.name, occasion: notice.occasion }
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
