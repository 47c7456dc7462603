/** The port to a way of telling customers something. Webhook and web get theirs later; until then their tasks are skipped. */
import type { Channel as ChannelName } from '@quadrille/events'
import type { Notice } from '../domain/correspondence.ts'
import type { Kept } from '../domain/notification.ts'

/** `kept`: there is no transport, so the message itself is returned. `refused`: for good, with the reason. */
export type Fate =
  | { readonly outcome: 'sent' }
  | ({ readonly outcome: 'kept' } & Kept)
  | { readonly outcome: 'refused'; readonly code: string }

export interface Channel {
  readonly name: ChannelName
  /** How long `deliver` may take, ms: past it, it has failed. */
  readonly atMostMs: number
  /** How many may be delivered at a time. */
  readonly atOnce: number
  /**
   * Tells the customer. The same notice may come twice, one after the other; what goes out then carries the same id.
   * @throws while nobody can say what became of it, or whether it would be taken later: it is tried again.
   */
  deliver(notice: Notice, signal: AbortSignal): Promise<Fate>
}
