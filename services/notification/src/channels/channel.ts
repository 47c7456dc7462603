/**
 * The port to a notification channel. `conformance/` tests its promises against each channel:
 *
 * - A notification reaches the customer at least once, and each copy has the same id. Workers claim a notification
 * first, so the channel need not prevent two concurrent deliveries.
 * - A refusal of the address or the message is an outcome, and final. Every other failure is thrown as a TaskError. It
 * reports whether the transport is unavailable for all messages (`outage`), and the wait that the transport requests
 * (`retryAfterMs`).
 */
import type { Channel as ChannelName } from '@quadrille/events'
import type { Kept } from '../domain/notification.ts'
import type { Notice } from '../domain/notification-log.ts'

/**
 * `kept`: there is no transport, and the message itself is returned. `refused`: permanently, with the reason as a code.
 */
export type DeliveryResult =
  | { readonly outcome: 'sent' }
  | ({ readonly outcome: 'kept' } & Kept)
  | { readonly outcome: 'refused'; readonly code: string }

export interface Channel {
  readonly name: ChannelName
  /** How long `deliver` may take, ms. After that it has failed. */
  readonly atMostMs: number
  /** The largest number of concurrent deliveries. */
  readonly atOnce: number
  /**
   * Sends the notification. If it is sent again later, the copy has the same id. `signal` ends the wait for the
   * transport.
   * @throws {TaskError} if the outcome is not known, or the transport may accept it later. The task is then retried.
   */
  deliver(notice: Notice, signal: AbortSignal): Promise<DeliveryResult>
}
