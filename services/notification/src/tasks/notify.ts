import { type Draft, draft, type Occasion, type Shop } from '@quadrille/events'
import { faultOf } from '@quadrille/postgres'
import { GivenUp, noCallMade, TaskError, taskFaultOf, tasksOf, Unavailable } from '@quadrille/service'
import type { Channel, DeliveryResult } from '../channels/channel.ts'
import { type NotificationKey, overtaken } from '../domain/notification.ts'
import { isOvertaken } from '../domain/notification-log.ts'

const task = tasksOf<Shop, Shop['services']['notification']>()

/** Permission to send one notification. No other worker gets it before it expires. */
export interface Lease extends NotificationKey {
  /** The end of the lease by the database's clock, as Postgres writes it. Distinguishes this lease from later ones. */
  readonly until: string
  /** The occasions about which this channel has notified the customer of the order. */
  readonly sentOccasions: readonly Occasion[]
  /** The remaining time, ms. At 0 or below, another worker may have the lease. */
  leftMs(): number
}

/** The operations on notifications that the task needs. */
export interface NotificationStore {
  /** `not_pending`: it does not exist, or has a result. `taken`: another worker has the lease. */
  acquire(key: NotificationKey): Promise<Lease | 'not_pending' | 'taken'>
  /** Releases the lease before it expires. */
  release(lease: Lease): Promise<void>
}

export interface NotifyOptions {
  readonly store: NotificationStore
  /** Includes the first attempt. The notification fails after the last one. */
  readonly maxAttempts: number
  /** Called with the error of the last attempt. */
  readonly onExhausted: (error: unknown, key: NotificationKey) => void
  /** Called with the error if the lease of a failed attempt can't be released. The next attempt then waits until it expires. */
  readonly onNotReleased: (error: unknown, key: NotificationKey) => void
}

/** The minimum duration of a lease, ms. A database under load may take some time to grant it. */
const minLeaseMs = 30_000

/**
 * The duration of a lease for this channel, ms: the longest delivery, and half of that as a margin before it begins.
 */
export const leaseMsFor = ({ timeoutMs }: Pick<Channel, 'timeoutMs'>): number => Math.max(minLeaseMs, timeoutMs * 1.5)

/** Another worker has the lease, or the lease is about to expire. Nothing was sent, and the task is retried. */
class NotLeased extends Unavailable {
  override readonly name = 'NotLeased'
}

/**
 * Sends a notification through this channel, unless it already has a result. A retry may be late: if a later notification was
 * sent meanwhile that replaces this one, it is not sent, and has failed as `overtaken`. If two workers have the same task, the one
 * with the lease sends it; a channel that sends nothing needs no lease. After `maxAttempts` failures the notification is
 * undeliverable. Tries before the circuit breaker opens count as attempts, but an outage of the transport alone never ends a
 * notification.
 */
export const notify = (channel: Channel, { store, maxAttempts, onExhausted, onNotReleased }: NotifyOptions) => {
  const leaseFor = async (key: NotificationKey): Promise<Lease | 'not_pending' | 'overtaken'> => {
    const lease = await store.acquire(key)
    if (lease === 'taken') throw new NotLeased('Another worker is sending this notification.')
    return lease !== 'not_pending' && isOvertaken(key.occasion, lease.sentOccasions) ? 'overtaken' : lease
  }

  const withLease = async (
    key: NotificationKey,
    work: () => Promise<DeliveryResult>,
    isFinal: (error: unknown) => boolean,
  ): Promise<DeliveryResult | 'not_pending' | 'overtaken'> => {
    const lease = await leaseFor(key)
    if (typeof lease === 'string') return lease
    try {
      // A process that was stopped meanwhile may have lost the lease, so this is checked just before sending. It does not detect
      // that the machine was suspended, because the clock of the process stood still: then another worker may send it too.
      if (lease.leftMs() < channel.timeoutMs)
        throw new NotLeased('The lease would expire before this notification is sent.')
      return await work()
    } catch (error) {
      // A final failure keeps the lease: another worker must not send before the failure is stored.
      if (!isFinal(error)) await store.release(lease).catch((reason: unknown) => onNotReleased(reason, key))
      throw error // not the one of the release: it decides whether the attempt counts
    }
  }

  return task(
    'Notify',
    async (notice, { number: attempts, signal }) => {
      const key = { orderId: notice.orderId, channel: channel.name, occasion: notice.occasion }
      const undeliverable = (code: string, error: unknown) =>
        new GivenUp(draft('NotificationUndeliverable', { ...key, attempts, code }), error)
      const isFinal = (error: unknown) => attempts >= maxAttempts && !signal.aborted && countsAsAttempt(error)
      try {
        const deliver = () => channel.deliver(notice, signal)
        const result = await (channel.sends ? withLease(key, deliver, isFinal) : deliver())
        // Not pending: it has a result, or the database was restored and reconciliation will request it again.
        if (result === 'not_pending') return noCallMade
        if (result === 'overtaken') return undeliverable(overtaken, new TaskError('A later notification was sent.'))
        return outcome(key, attempts, result)
      } catch (error) {
        if (!isFinal(error)) throw error
        onExhausted(error, key)
        return undeliverable('attempts_exhausted', error)
      }
    },
    { maxAttempts },
  )
}

/** False if the transport or Postgres is certainly unavailable, or if nothing was tried. */
const countsAsAttempt = (error: unknown): boolean => {
  const { outage, limited } = taskFaultOf(error)
  return (!outage || limited === true) && !(error instanceof Unavailable) && faultOf(error) === undefined
}

const outcome = (
  key: NotificationKey,
  attempts: number,
  result: DeliveryResult,
): Draft<'NotificationDelivered' | 'NotificationUndeliverable'> => {
  switch (result.outcome) {
    case 'sent':
      return draft('NotificationDelivered', { ...key, attempts })
    case 'stored':
      return draft('NotificationDelivered', { ...key, attempts, kept: { subject: result.subject, text: result.text } })
    case 'refused':
      return draft('NotificationUndeliverable', { ...key, attempts, code: result.code })
  }
}
