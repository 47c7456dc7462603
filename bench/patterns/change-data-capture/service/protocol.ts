/** The messages between the comparison and a service, which stores messages and publishes them by one of the relays. */
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

export interface Stored {
  /** The number of messages. */
  readonly messages: number
  /** The duration of each transaction, ms. */
  readonly storingMs: readonly number[]
}

export type FromService =
  | { readonly type: 'ready' }
  | { readonly type: 'stored'; readonly stored: Stored }
  | { readonly type: 'failed'; readonly message: string }
