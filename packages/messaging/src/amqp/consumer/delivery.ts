/** A delivery from RabbitMQ. */
import type { Delivery, ParkOptions, RetryOptions } from '../../delivery.ts'
import type { WireMessage } from '../../message.ts'
import { crashesOf } from '../headers.ts'
import type { Original, Republisher } from '../retries/republisher.ts'
import { fromDelivery } from '../wire.ts'
import type { Settling } from './queue-channel.ts'

export class AmqpDelivery implements Delivery {
  readonly message: WireMessage
  readonly exchange: string
  readonly attempts: number
  readonly firstFailedAt: Date | null
  readonly crashes: number
  readonly #original: Original
  readonly #republisher: Republisher
  #settling: Settling | null

  constructor(original: Original, republisher: Republisher, settling: Settling) {
    this.message = fromDelivery(original.delivered)
    this.exchange = original.history.exchange
    this.attempts = original.history.attempts
    this.firstFailedAt = original.history.firstFailedAt
    this.crashes = crashesOf(original)
    this.#original = original
    this.#republisher = republisher
    this.#settling = settling
  }

  isLost(): boolean {
    return this.#settling?.isLost() ?? false
  }

  ack(): void {
    this.#settle()?.ack()
  }

  retry(options: RetryOptions): void {
    this.#settle()?.ackWhenSafe((signal) => this.#republisher.toRetryQueue(this.#original, options, signal))
  }

  park(options: ParkOptions): void {
    this.#settle()?.ackWhenSafe((signal) => this.#republisher.toDeadLetters(this.#original, options, signal))
  }

  /** Returns the settling to the first caller only. */
  #settle(): Settling | null {
    const settling = this.#settling
    this.#settling = null
    return settling
  }
}
