/** What is known outside of the databases: by those who placed the orders, and by the broker. */
import type { CancellationReason } from '@quadrille/events'
import type { Queues } from './queue-depths.ts'

/** How an order ends: fulfilled, or cancelled for a reason. */
export type Ending = 'fulfilled' | CancellationReason

/** An order that a client has been told is accepted. */
export interface AcceptedOrder {
  readonly orderId: string
  /** How it may end. Default: any way. */
  readonly endings?: readonly Ending[]
}

/** What a client was answered to a `POST /orders` with an idempotency key. */
export interface Answer {
  readonly key: string
  /** Equal for equal bodies. */
  readonly body: string
  /** The HTTP status code. */
  readonly status: number
  /** Of the order in the body of a 202. */
  readonly orderId: string | null
}

/** What isn't given isn't checked; the report says how many there were. */
export interface Witness {
  /** All that there are: an order that isn't among them is one too many. */
  readonly accepted?: readonly AcceptedOrder[]
  readonly answers?: readonly Answer[]
  /** How much lies in each queue of the broker. */
  readonly queues?: Queues
}
