/** A message in one queue's memory. Its origin makes it durable: the publisher's outbox, or the retry store. */
import type { Decoded } from '@quadrille/messages'
import type { WireMessage } from '../message.ts'
import type { TakenDelivery } from '../retry-store.ts'
import type { Publication } from './publication.ts'

export type Origin =
  | { readonly kind: 'published'; readonly publication: Publication }
  | { readonly kind: 'stored'; readonly key: string }

export interface Entry {
  readonly message: WireMessage
  /** See Delivery. */
  readonly exchange: string
  /** See Delivery. */
  readonly decoded?: Decoded | undefined
  readonly attempts: number
  readonly firstFailedAt: Date | null
  readonly origin: Origin
  /** See Delivery. Counts crashes of earlier processes, and consumers of this process that left it unsettled. */
  crashes: number
}

interface Published extends Pick<Entry, 'exchange' | 'crashes' | 'decoded'> {
  readonly publication: Publication
}

export const publishedEntry = (
  message: WireMessage,
  { exchange, crashes, decoded, publication }: Published,
): Entry => ({
  message,
  exchange,
  decoded,
  attempts: 0,
  firstFailedAt: null,
  origin: { kind: 'published', publication },
  crashes,
})

export const storedEntry = ({ key, ...delivery }: TakenDelivery): Entry => ({
  ...delivery,
  origin: { kind: 'stored', key },
})
