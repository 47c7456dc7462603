import type { QueueDepth } from '../../broker.ts'

/**
 * The number of observations (one per second) after which waiting messages that are all delivered, but not all settled, no
 * longer count: they are assumed to be blocked, for example by a lock.
 */
const maxObservationsOfDelivered = 30

/** An observation of the queue while it is consumed. */
export interface Observation {
  /** The messages that are ready for delivery. */
  readonly messages: number
  /** The number of deliveries on this channel so far. */
  readonly delivered: number
  /**
   * False if a consumer whose connection has ended may still have deliveries: while the broker has not noticed the end, they are
   * neither ready nor redelivered.
   */
  readonly isComplete: boolean
}

/**
 * Detects when a consumer has handled the messages that waited in its queue when it connected. These include deliveries of
 * earlier connections that were not settled.
 */
export class CaughtUp {
  /** The deliveries up to this tag include all waiting messages. The tags of a channel count up from 1. Infinity if it is unknown. */
  #mark = Number.POSITIVE_INFINITY
  #previous: Observation | null = null
  /** The number of observations since all waiting messages are delivered. */
  #observationsOfDelivered = 0

  /** Called before the consumer exists, with the depth of the queue at that moment. Null if it is unknown. */
  connected(depth: QueueDepth | null): void {
    this.#mark = depth?.consumers === 0 ? depth.messages : Number.POSITIVE_INFINITY
    this.#previous = null
    this.#observationsOfDelivered = 0
  }

  /**
   * Called for each delivery. A returned message may go to the front of the queue, and overtake a waiting one
   * (https://www.rabbitmq.com/docs/quorum-queues#repeated-requeues).
   */
  delivered({ deliveryTag, redelivered }: { readonly deliveryTag: number; readonly redelivered: boolean }): void {
    if (redelivered && deliveryTag <= this.#mark) this.#mark += 1
  }

  /**
   * A message that waited was ready at the observation before, or is delivered by now. Then it may have been on its way here, so one
   * observation does not suffice.
   */
  observed(observation: Observation): void {
    const { delivered } = observation
    if (this.#previous?.isComplete) this.#mark = Math.min(this.#mark, delivered + this.#previous.messages)
    this.#previous = observation
    this.#observationsOfDelivered = delivered >= this.#mark ? this.#observationsOfDelivered + 1 : 0
    if (this.#observationsOfDelivered > maxObservationsOfDelivered) this.#mark = 0
  }

  /** Called when the channel has ended. */
  disconnected(): void {
    this.#mark = Number.POSITIVE_INFINITY
  }

  /** @param finishedUpTo all deliveries up to this tag are settled. */
  done(finishedUpTo: number): boolean {
    return finishedUpTo >= this.#mark
  }
}
