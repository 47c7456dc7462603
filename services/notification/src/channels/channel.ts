/**
 * The port to a notification channel. `conformance/` tests each channel against these guarantees:
 *
 * - A notification reaches the customer at least once, and each copy has the same id. Workers lease a notification
 * first, so the channel need not prevent two concurrent deliveries.
 * - If the transport refuses the address or the message, that is the final outcome. Every other failure is thrown as a
 * TaskError. It reports whether the transport is unavailable for all messages (`outage`).
 * - If the message may have been accepted, the error has `limited: true` and no `outage`: each try may send a copy, and during an
 * outage the tries are not limited.
 */
import type { Channel as ChannelName } from '@quadrille/events'
import type { EmailText } from '../domain/notification.ts'
import type { Notice } from '../domain/notification-log.ts'

/** `stored`: there is no transport, so the text is returned for storage. `refused`: permanently, with a reason code. */
export type DeliveryResult =
  | { readonly outcome: 'sent' }
  | ({ readonly outcome: 'stored' } & EmailText)
  | { readonly outcome: 'refused'; readonly code: string }

export interface Channel {
  readonly name: ChannelName
  /**
   * Whether `deliver` sends something. If it does not, a task needs no lease: two workers with the same task have the same outcome,
   * which is stored once. Its notifications are never overtaken.
   */
  readonly sends: boolean
  /** The maximum duration of `deliver`, ms. It fails after that. */
  readonly timeoutMs: number
  /** The maximum number of concurrent deliveries, and of tasks that an instance holds. */
  readonly concurrency: number
  /**
   * Sends the notification. If it is sent again later, the copy has the same id. `signal` ends the wait for the
   * transport.
   * @throws {TaskError} if the outcome is not known, or the transport may accept it later. The task is then retried.
   */
  deliver(notice: Notice, signal: AbortSignal): Promise<DeliveryResult>
}
