import { type Draft, draft } from '@quadrille/events'
import { faultOf } from '@quadrille/postgres'
import { noCallMade, TaskError, taskFaultOf } from '@quadrille/service'
import type { Channel, DeliveryResult } from '../channels/channel.ts'
import type { About } from '../domain/notification.ts'
import { createConcurrencyLimit } from './concurrency-limit.ts'
import { task } from './task.ts'

/** Permission to send one notification. No other worker gets it before it expires. */
export interface Claim extends About {
  /** The end of the claim by the database's clock, as Postgres writes it. Distinguishes this claim from later ones. */
  readonly until: string
  /** The remaining time, ms. At 0 or below, another worker may have the claim. */
  leftMs(): number
}

/** The notifications, as far as the task reads and writes them. Reactions write everything else. */
export interface NotificationStore {
  /** `over`: it does not exist, or has a result. `taken`: another worker has the claim. */
  claim(about: About): Promise<Claim | 'over' | 'taken'>
  /** Releases the claim before it expires. */
  release(claim: Claim): Promise<void>
}

export interface NotifyOptions {
  readonly store: NotificationStore
  /** Including the first. After the last one the notification fails. */
  readonly maxAttempts: number
  /** Called with the error of the last attempt. */
  readonly onExhausted: (error: unknown, about: About) => void
}

/** The least duration of a claim, ms. A database under load may take some time to grant it. */
const claimAtLeastMs = 30_000

/**
 * The duration of a claim for this channel, ms: the longest delivery, and half of that as a margin before it begins.
 */
export const claimFor = ({ atMostMs }: Pick<Channel, 'atMostMs'>): number => Math.max(claimAtLeastMs, atMostMs * 1.5)

/** Another worker has the claim, or the claim is about to expire. Nothing was sent, and the task is retried. */
class NotClaimed extends TaskError {
  override readonly name = 'NotClaimed'

  constructor(message: string) {
    super(message, { isAttempt: false, retryAfterMs: 5_000 })
  }
}

/**
 * Sends a notification through this channel, unless it already has a result. If two workers have the same task, the one
 * with the claim sends it. Failures are retried up to `maxAttempts`, because no order waits for a notification. An
 * outage of the transport does not count as an attempt.
 */
export const notify = (channel: Channel, { store, maxAttempts, onExhausted }: NotifyOptions) => {
  const turns = createConcurrencyLimit(channel.atOnce)

  const claimed = async (about: About, work: () => Promise<DeliveryResult>): Promise<DeliveryResult | 'over'> => {
    const claim = await store.claim(about)
    if (claim === 'over') return claim
    if (claim === 'taken') throw new NotClaimed('Another worker is sending this notification.')
    try {
      // A process that was stopped meanwhile may have lost the claim, so this is checked just before sending.
      if (claim.leftMs() < channel.atMostMs)
        throw new NotClaimed('The claim would expire before this notification is sent.')
      return await work()
    } catch (error) {
      await store.release(claim)
      throw error
    }
  }

  return task(
    'Notify',
    async (notice, { number: attempts, signal }) => {
      const about = { orderId: notice.orderId, channel: channel.name, occasion: notice.occasion }
      try {
        const fate = await turns(() => claimed(about, () => channel.deliver(notice, signal)))
        // Otherwise it has a result; or the database was restored, and reconciliation requests the notification again.
        return fate === 'over' ? noCallMade : outcome(about, attempts, fate)
      } catch (error) {
        if (attempts < maxAttempts || signal.aborted || isNoFailure(error)) throw error
        onExhausted(error, about)
        return draft('NotificationUndeliverable', { ...about, attempts, code: 'attempts_exhausted' })
      }
    },
    { maxAttempts },
  )
}

/**
 * True if the transport is unavailable, nothing was tried, or Postgres is unavailable. The attempt then does not count.
 */
const isNoFailure = (error: unknown): boolean => {
  const { outage, isAttempt } = taskFaultOf(error)
  return outage === true || isAttempt === false || faultOf(error) !== undefined
}

const outcome = (
  about: About,
  attempts: number,
  fate: DeliveryResult,
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
