/** A message in one queue's memory. Its origin makes it durable: the publisher's outbox, or the retry store. */
import type { HeldMessage } from '../settled-once.ts'
import type { Publication } from './publication.ts'

export interface Entry extends HeldMessage {
  readonly origin:
    | { readonly kind: 'published'; readonly publication: Publication }
    | { readonly kind: 'stored'; readonly key: string }
  /** Counts crashes of earlier processes, and consumers of this process that left it unsettled. */
  crashes: number
}
