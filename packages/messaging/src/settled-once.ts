/** A delivery that is settled at most once. A second settlement has no effect, nor has one after it was lost. */
import type { Decoded } from '@quadrille/messages'
import type { Delivery, ParkOptions, QueuedMessage, RetryOptions } from './delivery.ts'
import type { WireMessage } from './message.ts'

/** A message that a consumer holds until it is settled. */
export type HeldMessage = QueuedMessage & Pick<Delivery, 'decoded'>

/** How a broker settles the messages that a consumer holds. */
export interface Settlement<Held extends HeldMessage> {
  /** True if the consumer no longer holds it. */
  isLost(held: Held): boolean
  ack(held: Held): void
  retry(held: Held, options: RetryOptions): void
  park(held: Held, options: ParkOptions): void
}

export class SettledOnce<Held extends HeldMessage> implements Delivery {
  readonly message: WireMessage
  readonly exchange: string
  readonly decoded: Decoded | undefined
  readonly attempts: number
  readonly firstFailedAt: Date | null
  readonly crashes: number
  readonly #held: Held
  readonly #settlement: Settlement<Held>
  #isSettled = false

  constructor(held: Held, settlement: Settlement<Held>) {
    this.message = held.message
    this.exchange = held.exchange
    this.decoded = held.decoded
    this.attempts = held.attempts
    this.firstFailedAt = held.firstFailedAt
    this.crashes = held.crashes
    this.#held = held
    this.#settlement = settlement
  }

  isLost(): boolean {
    return !this.#isSettled && this.#settlement.isLost(this.#held)
  }

  ack(): void {
    this.#settle()?.ack(this.#held)
  }

  retry(options: RetryOptions): void {
    this.#settle()?.retry(this.#held, options)
  }

  park(options: ParkOptions): void {
    this.#settle()?.park(this.#held, options)
  }

  /** Null after the first call, and after a loss. */
  #settle(): Settlement<Held> | null {
    if (this.#isSettled || this.isLost()) return null
    this.#isSettled = true
    return this.#settlement
  }
}
