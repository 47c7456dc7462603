/**
 * The number of observations (one per second) after which waiting messages that are all delivered, but not all settled, no
 * longer count: they are assumed to be blocked, for example by a lock.
 */
const maxObservationsOfDelivered = 30

/** Detects when a consumer has handled the messages that waited in its queue when it connected. */
export class CaughtUp {
  /** The deliveries up to this tag include all waiting messages. The tags of a channel count up from 1. */
  #mark = Number.POSITIVE_INFINITY
  /** The number of deliveries of lost channels that must still be redelivered. */
  #lost = 0
  #emptyObservations = 0
  /** The number of observations since all waiting messages are delivered. */
  #observationsOfDelivered = 0

  /** Called when the consumer is connected. `ready` messages wait in the queue (infinity if unknown). */
  connected(ready: number): void {
    this.#mark = ready
    this.#emptyObservations = 0
    this.#observationsOfDelivered = 0
  }

  /**
   * Called for each delivery. A returned message may go to the front of the queue, and overtake a waiting one
   * (https://www.rabbitmq.com/docs/quorum-queues#repeated-requeues).
   */
  delivered({ deliveryTag, redelivered }: { readonly deliveryTag: number; readonly redelivered: boolean }): void {
    if (!redelivered) return
    if (deliveryTag <= this.#mark) this.#mark += 1
    if (this.#lost === 0) return
    this.#lost -= 1
    this.#mark = Math.max(this.#mark, deliveryTag)
    this.#observationsOfDelivered = 0
  }

  /**
   * Called for each observation of the queue. If two in a row find no ready messages, all waiting messages are among
   * those that were `delivered` here or to other consumers; after the first one, deliveries may still have been on their
   * way here. Lost deliveries are included once the broker must have detected the end of the earlier channels.
   */
  observed(messages: number, { delivered, lossDetected }: { delivered: number; lossDetected: boolean }): void {
    this.#emptyObservations = messages === 0 ? this.#emptyObservations + 1 : 0
    if (this.#emptyObservations >= 2) {
      this.#mark = Math.min(this.#mark, delivered)
      if (lossDetected) this.#lost = 0
    }
    this.#observationsOfDelivered = delivered >= this.#mark ? this.#observationsOfDelivered + 1 : 0
    if (this.#observationsOfDelivered > maxObservationsOfDelivered) this.#mark = 0
  }

  /**
   * Called when the channel has ended. `unsettled` deliveries are lost: while the broker has not detected the end, they are not
   * ready. Those of an earlier channel may be lost still.
   */
  disconnected(unsettled: number): void {
    this.#mark = Number.POSITIVE_INFINITY
    this.#lost += unsettled
  }

  /** @param finishedUpTo all deliveries up to this tag are settled. */
  done(finishedUpTo: number): boolean {
    return finishedUpTo >= this.#mark && this.#lost === 0
  }
}
