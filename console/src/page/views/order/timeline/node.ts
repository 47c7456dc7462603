import type { FailedAttempt } from '../../../api/types.ts'

/** A node of the timeline: something that happened, that waits, or that is missing. */

export type NodeKind = 'event' | 'failure' | 'outbox' | 'retry' | 'dead_letter' | 'task' | 'ghost' | 'operation'

export interface TimelineNode {
  readonly key: string
  readonly kind: NodeKind
  /** The service in whose lane it is drawn. */
  readonly service: string
  readonly title: string
  /** The id of the message that failed or waits. Null if it is unknown. */
  readonly messageId?: string | null
  /** The queue of that message. */
  readonly queue?: string | null
  /** Null for what is missing, and for what waits since an unknown time. */
  readonly at: string | null
  /** One sentence, or empty. */
  readonly detail: string
  /** The key of the node that caused it. Null if that is unknown or outside of the timeline. */
  readonly cause: string | null
  /** The content on demand. */
  readonly contents?: NodeContents | undefined
}

type NodeContents =
  | { readonly kind: 'event'; readonly id: string }
  | { readonly kind: 'attempts'; readonly attempts: readonly FailedAttempt[] }
  | { readonly kind: 'dead_letter'; readonly service: string; readonly id: string }
