/**
 * This folder has workarounds for RabbitMQ 3. Two others are in `queue-arguments.ts`, whose `noDeliveryLimit` is not -1, and in
 * `headers.ts`, which removes `x-death` from copies: RabbitMQ 3 reads that header on a published message, and drops the message as
 * one in a cycle. RabbitMQ 4 ignores it.
 */
import type { ProbeResult } from '../consumer/queue-probe.ts'

/**
 * How long the consumer must have received nothing, ms. A broker with a slow disk may take seconds to settle messages and deliver
 * the next ones.
 */
const silentForMs = 10_000

export interface Observation {
  readonly result: ProbeResult
  /** The number of deliveries that the consumer has received. `unsettled`: how many of them it still holds. */
  readonly delivered: number
  readonly unsettled: number
  readonly atMs: number
}

/**
 * Detects that the broker has forgotten a consumer. RabbitMQ 3.10 does so when a queue is deleted while another
 * connection declares it: the queue exists again, but its old consumer gets no more deliveries. RabbitMQ 4 cancels the
 * consumer instead.
 */
export class ForgottenConsumer {
  /** The start of the period in which each observation has shown that the consumer should have received a message. */
  #since: { readonly atMs: number; readonly delivered: number } | null = null

  /**
   * True if messages wait or the queue is gone, and an idle consumer has received nothing for ten seconds. A probe
   * without a result changes nothing.
   */
  detected({ result, delivered, unsettled, atMs }: Observation): boolean {
    if (result === null) return false
    const waits = result === 'gone' || result.messages > 0
    if (!waits || unsettled > 0 || this.#since?.delivered !== delivered) this.#since = null
    if (waits && unsettled === 0) this.#since ??= { atMs, delivered }
    return this.#since !== null && atMs - this.#since.atMs >= silentForMs
  }
}
