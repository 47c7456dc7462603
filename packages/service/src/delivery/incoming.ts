/** A delivery in the hands of its consumer. */
import type { Span } from '@opentelemetry/api'
import type { Decoded, Language, Message } from '@quadrille/messages'
import type { Delivery } from '@quadrille/messaging'
import type { Lane } from '../core/reactor.ts'

export class Incoming {
  readonly delivery: Delivery
  /** The span of its handling, from the first try to its settlement, where that is recorded. */
  span: Span | undefined
  /** How often it was put off in hand (`not_now`) without a pause at a retry queue. */
  putOff = 0
  /** When it was first put off, by a clock that only goes forward, ms. */
  putOffSinceMs: number | null = null
  /** True if it waits for a lock that only a wait finds: then it is tried apart from all others. */
  isLockedOut = false
  /** True for a task that was performed and whose outcome is not stored yet: only storing is tried again. */
  isPerformed = false
  /** Failed attempts in hand, beyond those that the delivery counts. */
  failedInHand = 0
  readonly #language: Pick<Language, 'decode'>
  #decoded: Decoded | undefined

  constructor(delivery: Delivery, language: Pick<Language, 'decode'>) {
    this.delivery = delivery
    this.#language = language
  }

  /** The message with its hash, decoded once. @throws {Undecodable} */
  decoded(): Decoded {
    this.#decoded ??= this.#language.decode(this.delivery.message.body)
    return this.#decoded
  }

  /** The message; undefined if it was not decoded, or can't be. */
  message(): Message | undefined {
    return this.#decoded?.message
  }

  /** In which transactions it is handled: a message that has failed, came back or was put off shares none with a new one. */
  lane(): Lane {
    if (this.isLockedOut) return 'locked_out'
    const { deaths, firstFailedAt } = this.delivery
    const isFirst = firstFailedAt === null && deaths === 0 && this.putOff === 0 && this.failedInHand === 0
    return isFirst ? 'first' : 'again'
  }

  /** The number of the current attempt, from 1. */
  attempt(): number {
    return this.delivery.attempts + this.failedInHand + 1
  }
}
