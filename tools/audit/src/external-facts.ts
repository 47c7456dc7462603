/** Facts from outside of the databases: from clients that placed orders, and from the broker. */
import type { CancellationReason } from '@quadrille/events'
import type { Queues } from './queue-depths.ts'

/** How an order ends: fulfilled, or cancelled for a reason. */
export type Ending = 'fulfilled' | CancellationReason

/** An order that was accepted, according to the client. */
export interface AcceptedOrder {
  readonly orderId: string
  /** The possible endings. Default: any. */
  readonly endings?: readonly Ending[]
}

/** The answer to a `POST /orders` with an idempotency key. */
export interface Answer {
  readonly key: string
  /** Equal for equal bodies. */
  readonly body: string
  /** The HTTP status code. */
  readonly status: number
  /** The id of the order in the body of a 202. */
  readonly orderId: string | null
}

/** Only given facts are checked. The report shows their number. */
export interface ExternalFacts {
  /** All accepted orders. An order that is not among them is a violation. */
  readonly accepted?: readonly AcceptedOrder[]
  readonly answers?: readonly Answer[]
  /** The depth of each queue of RabbitMQ. */
  readonly queues?: Queues | undefined
}
