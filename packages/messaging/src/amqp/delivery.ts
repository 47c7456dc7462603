/** A delivery from RabbitMQ. */
import type { ConsumeMessage } from 'amqplib'
import type { Delivery, Failure, WireMessage } from '../broker.ts'
import { attemptsOf, fromDelivery, wasDelivered } from './wire.ts'

/** The channel, as its deliveries see it. */
export interface Settling {
  acknowledged(delivered: ConsumeMessage): void
  failed(delivered: ConsumeMessage, failure: Failure): void
}

export class AmqpDelivery implements Delivery {
  readonly message: WireMessage
  readonly attempts: number
  readonly redelivered: boolean
  readonly #delivered: ConsumeMessage
  #settling: Settling | null

  constructor(delivered: ConsumeMessage, settling: Settling) {
    this.message = fromDelivery(delivered)
    this.attempts = attemptsOf(delivered)
    this.redelivered = wasDelivered(delivered)
    this.#delivered = delivered
    this.#settling = settling
  }

  ack(): void {
    this.#settle()?.acknowledged(this.#delivered)
  }

  retry(failure: Failure): void {
    this.#settle()?.failed(this.#delivered, failure)
  }

  /** Only the first call gets it. */
  #settle(): Settling | null {
    const settling = this.#settling
    this.#settling = null
    return settling
  }
}
