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
  /** The consumers of the queue, with this one. */
  readonly consumers: number
  /** Whether the broker is assumed to have noticed the end of each earlier connection by now. */
  readonly lossDetected: boolean
}

/**
 * Detects when a consumer has handled the messages that waited in its queue when it connected. These include deliveries of
 * earlier connections that were not settled.
 */
export class CaughtUp {
  /** The deliveries up to this tag include all waiting messages. The tags of a channel count up from 1. Infinity if it is unknown. */
  #mark = Number.POSITIVE_INFINITY
  /** The messages that were ready at the observation before. Null if others may have been held by a lost connection. */
  #wereReady: number | null = null
  /** Whether this consumer lost deliveries that the broker may not have returned yet. */
  #hasLost = false
  /** The number of observations since all waiting messages are delivered. */
  #observationsOfDelivered = 0

  /**
   * Called before the consumer exists, with the depth of the queue at that moment. Null if it is unknown, or if RabbitMQ has not
   * answered this consumer for some time.
   */
  connected(depth: QueueDepth | null): void {
    const isComplete = depth?.consumers === 0 && !this.#hasLost
    this.#mark = isComplete ? depth.messages : Number.POSITIVE_INFINITY
    this.#wereReady = null
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
   * observation does not suffice. Until the broker has noticed the end of a connection, deliveries of its consumer are neither
   * ready nor delivered again. The consumer is counted, but not always if a node of a cluster was lost.
   */
  observed({ messages, delivered, consumers, lossDetected }: Observation): void {
    if (this.#wereReady !== null) this.#mark = Math.min(this.#mark, delivered + this.#wereReady)
    if (lossDetected) this.#hasLost = false
    const isComplete = lossDetected || (consumers <= 1 && !this.#hasLost)
    this.#wereReady = isComplete ? messages : null
    this.#observationsOfDelivered = delivered >= this.#mark ? this.#observationsOfDelivered + 1 : 0
    if (this.#observationsOfDelivered > maxObservationsOfDelivered) this.#mark = 0
  }

  /** Called when the channel has ended, with the number of its unsettled deliveries. */
  disconnected(unsettled: number): void {
    this.#mark = Number.POSITIVE_INFINITY
    if (unsettled > 0) this.#hasLost = true
  }

  /** @param finishedUpTo all deliveries up to this tag are settled. */
  done(finishedUpTo: number): boolean {
    return finishedUpTo >= this.#mark
  }
}
