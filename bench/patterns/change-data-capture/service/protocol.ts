/** The messages between the comparison and a service, which stores messages and publishes them by one of the relays. */
import type { Failed } from '../../../src/systems/forked.ts'
import type { RelayName } from '../relays/relays.ts'

export interface ServiceOptions {
  readonly relay: RelayName
  readonly databaseUrl: string
  readonly amqpUrl: string
}

export type Load =
  /** One message a transaction, at even intervals, whether or not the relay keeps up. */
  | { readonly kind: 'rate'; readonly perSecond: number; readonly ms: number }
  /** Ten messages a transaction, as fast as possible with a limited number of messages without a confirm. */
  | { readonly kind: 'peak'; readonly ms: number }

/** A committed transaction. */
export interface Stored {
  readonly ids: readonly string[]
  /** The time of the commit, ms. */
  readonly atMs: number
}

export type FromService =
  | { readonly type: 'ready' }
  | { readonly type: 'stored'; readonly stored: readonly Stored[] }
  | Failed
