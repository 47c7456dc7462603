import { type Draft, draft } from '@quadrille/events'
import { faultOf } from '@quadrille/postgres'
import { nothingAsked, TaskError, taskFaultOf } from '@quadrille/service'
import type { Channel, Fate } from '../channels/channel.ts'
import type { About } from '../domain/notification.ts'
import { task } from './task.ts'
import { createTurns } from './turns.ts'

/** Leave to send one notification: no other worker gets it before it lapses. */
export interface Claim extends About {
  /** Until when it holds by the database's clock, as Postgres writes it: tells this claim from later ones. */
  readonly until: string
  /** How long it holds, ms. From 0 down another worker may have it. */
  leftMs(): number
}

/** Our own books, as far as the task reads and writes them. All the rest is the reactions'. */
export interface Books {
  /** `over`: it isn't in them, or has a result. `taken`: another worker has the claim. */
  claim(about: About): Promise<Claim | 'over' | 'taken'>
  /** Gives the claim back before it lapses. */
  release(claim: Claim): Promise<void>
}

export interface NotifyOptions {
  readonly books: Books
  /** From the first one on; after so many the customer stays untold. */
  readonly maxAttempts: number
  /** Told of what made the last attempt fail. */
  readonly onExhausted: (error: unknown, about: About) => void
}

/** A claim holds at least so long, ms, so that a database under load may take some time to give it. */
const claimAtLeastMs = 30_000

/** How long a claim by this channel holds, ms: as long as delivering takes at most, and half of that before it begins. */
export const claimFor = ({ atMostMs }: Pick<Channel, 'atMostMs'>): number => Math.max(claimAtLeastMs, atMostMs * 1.5)

/** The notification is another worker's, or was too long in this one's hands. Nothing was sent, and it is tried again. */
class NotClaimed extends TaskError {
  override readonly name = 'NotClaimed'

  constructor(message: string) {
    super(message, { isAttempt: false, retryAfterMs: 5_000 })
  }
}

/**
 * Tells a customer something by this channel, as long as the books want it: what two workers have at the same time is sent by
 * the one that has claimed it. What is no outcome yet is tried again, but not for ever: it blocks nothing. While nothing can
 * be sent at all, nothing ends by that.
 */
export const notify = (channel: Channel, { books, maxAttempts, onExhausted }: NotifyOptions) => {
  const turns = createTurns(channel.atOnce)

  const claimed = async (about: About, work: () => Promise<Fate>): Promise<Fate | 'over'> => {
    const claim = await books.claim(about)
    if (claim === 'over') return claim
    if (claim === 'taken') throw new NotClaimed('Another worker is sending this.')
    try {
      // A process that was stopped meanwhile has perhaps lost it: this is the last look before the email is out.
      if (claim.leftMs() < channel.atMostMs) throw new NotClaimed('The claim would lapse before this is sent.')
      return await work()
    } catch (error) {
      await books.release(claim)
      throw error
    }
  }

  return task(
    'Notify',
    async (notice, { number: attempts, signal }) => {
      const about = { orderId: notice.orderId, channel: channel.name, occasion: notice.occasion }
      try {
        const fate = await turns(() => claimed(about, () => channel.deliver(notice, signal)))
        // Else it is over already; or these books were restored, and whoever gives them what they missed asks anew.
        return fate === 'over' ? nothingAsked : outcome(about, attempts, fate)
      } catch (error) {
        if (attempts < maxAttempts || signal.aborted || isNoFailure(error)) throw error
        onExhausted(error, about)
        return draft('NotificationUndeliverable', { ...about, attempts, code: 'attempts_exhausted' })
      }
    },
    { maxAttempts },
  )
}

/** True where nothing can be sent at all, nothing was tried, or Postgres is away: the attempt doesn't count. */
const isNoFailure = (error: unknown): boolean => {
  const { outage, isAttempt } = taskFaultOf(error)
  return outage === true || isAttempt === false || faultOf(error) !== undefined
}

const outcome = (
  about: About,
  attempts: number,
  fate: Fate,
): Draft<'NotificationDelivered' | 'NotificationUndeliverable'> => {
  switch (fate.outcome) {
    case 'sent':
      return draft('NotificationDelivered', { ...about, attempts })
    case 'kept':
      return draft('NotificationDelivered', { ...about, attempts, kept: { subject: fate.subject, text: fate.text } })
    case 'refused':
      return draft('NotificationUndeliverable', { ...about, attempts, code: fate.code })
  }
}
