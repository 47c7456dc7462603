/** One delivery of an entry to one consumer. It becomes invalid when the consumer's participant leaves. */
import type { Decoded } from '@quadrille/messages'
import type { Delivery, ParkOptions, RetryOptions } from '../delivery.ts'
import type { WireMessage } from '../message.ts'
import type { Entry } from './entry.ts'

/** The consumer, as its deliveries use it. */
export interface Holder {
  ack(delivery: InProcessDelivery): void
  retry(delivery: InProcessDelivery, options: RetryOptions): void
  park(delivery: InProcessDelivery, options: ParkOptions): void
}

export class InProcessDelivery implements Delivery {
  readonly message: WireMessage
  readonly exchange: string
  readonly decoded: Decoded | undefined
  readonly attempts: number
  readonly firstFailedAt: Date | null
  readonly crashes: number
  readonly entry: Entry
  #holder: Holder | null
  #isLost = false

  constructor(entry: Entry, holder: Holder) {
    this.message = entry.message
    this.exchange = entry.exchange
    this.decoded = entry.decoded
    this.attempts = entry.attempts
    this.firstFailedAt = entry.firstFailedAt
    this.crashes = entry.crashes
    this.entry = entry
    this.#holder = holder
  }

  isLost(): boolean {
    return this.#isLost
  }

  ack(): void {
    this.#settle()?.ack(this)
  }

  retry(options: RetryOptions): void {
    this.#settle()?.retry(this, options)
  }

  park(options: ParkOptions): void {
    this.#settle()?.park(this, options)
  }

  /** From then on, settling it has no effect. */
  invalidate(): void {
    this.#isLost = this.#holder !== null
    this.#holder = null
  }

  /** Returns the holder to the first caller only. */
  #settle(): Holder | null {
    const holder = this.#holder
    this.#holder = null
    return holder
  }
}
