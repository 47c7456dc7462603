/**
 * The port to a way of notifying customers. `conformance/` tests its promises against each channel:
 *
 * - A notification reaches the customer at least once, and each copy carries the same id. That two workers don't send the same one
 *   is not the channel's task: they claim it first.
 * - A refusal of the address or the message is an outcome, and final. Everything else that fails is thrown as a TaskError, which
 *   says whether the transport is out of order for all (`outage`) and how long it asks us to wait (`retryAfterMs`).
 */
import type { Channel as ChannelName } from '@quadrille/events'
import type { Notice } from '../domain/correspondence.ts'
import type { Kept } from '../domain/notification.ts'

/** `kept`: there is no transport, so the message itself is returned. `refused`: for good, with the reason as a code. */
export type Fate =
  | { readonly outcome: 'sent' }
  | ({ readonly outcome: 'kept' } & Kept)
  | { readonly outcome: 'refused'; readonly code: string }

export interface Channel {
  readonly name: ChannelName
  /** How long `deliver` may take, ms. After that it has failed. */
  readonly atMostMs: number
  /** How many may be sent at a time. */
  readonly atOnce: number
  /**
   * Sends the notification. The same notice may come twice, one after the other; what goes out then carries the same id.
   * `signal` gives up the wait for the transport.
   * @throws {TaskError} if the outcome is not known, or the transport may take it later: the task is tried again.
   */
  deliver(notice: Notice, signal: AbortSignal): Promise<Fate>
}
