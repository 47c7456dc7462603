/** A message in one queue's memory. What makes it durable is its origin: the publisher's outbox, or the retry store. */
import type { WireMessage } from '../broker.ts'
import type { TakenDelivery } from '../retry-store.ts'
import type { Publication } from './publication.ts'

export type Origin =
  | { readonly kind: 'published'; readonly publication: Publication }
  | { readonly kind: 'stored'; readonly key: string }

export interface Entry {
  readonly message: WireMessage
  readonly attempts: number
  readonly origin: Origin
  redelivered: boolean
}

export const publishedEntry = (message: WireMessage, publication: Publication): Entry => ({
  message,
  attempts: 0,
  origin: { kind: 'published', publication },
  redelivered: false,
})

/** An earlier run may have delivered it and died, so it counts as redelivered. */
export const storedEntry = ({ key, message, attempts }: TakenDelivery): Entry => ({
  message,
  attempts,
  origin: { kind: 'stored', key },
  redelivered: true,
})
