/** A delivery that its consumer is handling. Each field that changes names what changes it. */
import type { Span } from '@opentelemetry/api'
import type { Decoded, Draft, Language, Message } from '@quadrille/messages'
import type { Delivery } from '@quadrille/messaging'
import { type Lane, nextLane } from '../core/lanes.ts'
import { longestWaitsMs, type Wait } from './outcome.ts'

export class Incoming {
  readonly delivery: Delivery
  /** The span of its handling, from the first try to its settlement. Undefined if it is not recorded. Set by `trace`. */
  span: Span | undefined
  /**
   * How often it has waited in memory with the default backoff of `not_now`. A poll, with a pause of its own, does not count. Counted
   * by the waiting room.
   */
  backoffs = 0
  /** How often its task has ended with a conflict between transactions, since it was delivered. Counted by `performTasks`. */
  conflicts = 0
  /**
   * False if its task must not be performed, because the circuit of the external system has opened since it was admitted. Set by
   * `breakCircuit`.
   */
  mayCall: () => boolean = () => true
  /**
   * How its task ended in this delivery: the external system has answered, or the task has given up after this error. Set by
   * `performTasks`.
   */
  call: 'answered' | Error | undefined
  /** How many attempts have failed since it was delivered. `delivery.attempts` does not include them. Counted by `settle`. */
  localFailures = 0
  /** When an attempt first failed, in this delivery or before. Null before that. Set by `settle`. */
  firstFailedAt: Date | null
  readonly #language: Pick<Language, 'decode'>
  /** Set by `settle`. */
  #postponedTo: Lane = 'first'
  /** Set by `performTasks`. */
  #taskOutcome: Draft | undefined
  /** When the waits of each kind end, by a monotonic clock, ms. Set by the waiting room and `awaitPermit`. */
  #waitsEndAtMs: Partial<Record<Wait, number>> = {}
  #decoded: Decoded | undefined

  constructor(delivery: Delivery, language: Pick<Language, 'decode'>) {
    this.delivery = delivery
    this.firstFailedAt = delivery.firstFailedAt
    this.#language = language
  }

  /** The message with its hash, decoded once, unless its publisher has passed it on. @throws {Undecodable} */
  decoded(): Decoded {
    this.#decoded ??= this.delivery.decoded ?? this.#language.decode(this.delivery.message.body)
    return this.#decoded
  }

  /** The message; undefined if it was not decoded, or can't be. */
  message(): Message | undefined {
    return this.#decoded?.message
  }

  /** The outcome of its task. Undefined if the task was not performed yet, or has no outcome. */
  get taskOutcome(): Draft | undefined {
    return this.#taskOutcome
  }

  /** True for a task that was performed and whose outcome is not stored yet: only storing is tried again. */
  get isPerformed(): boolean {
    return this.#taskOutcome !== undefined
  }

  /** Keeps the outcome of its task, which was performed. The time that it may wait begins again: the outcome may have to wait too. */
  performed(outcome: Draft): void {
    if (this.isPerformed) return
    this.#taskOutcome = outcome
    this.#waitsEndAtMs = {}
  }

  /** Begins a wait, unless one of its kind has begun before. Returns the time of its end, by `performance.now()`. */
  beginWait(wait: Wait): number {
    this.#waitsEndAtMs[wait] ??= performance.now() + longestWaitsMs[wait]
    return this.#waitsEndAtMs[wait]
  }

  /** Its lane: a message that was tried, in this delivery or before, shares no transaction with a new one. */
  lane(): Lane {
    if (this.#postponedTo !== 'first') return this.#postponedTo
    return this.firstFailedAt === null && this.delivery.crashes === 0 ? 'first' : 'retry'
  }

  /** Postpones it to this lane. After a try it does not return to `first`. */
  postponeTo(lane: Lane): void {
    this.#postponedTo = nextLane(this.#postponedTo, lane)
  }

  /** The current attempt has failed, and the delivery may stay in memory. */
  countFailure(at: Date): void {
    this.localFailures += 1
    this.firstFailedAt ??= at
  }

  /** The number of the current attempt, from 1. */
  attempt(): number {
    return this.delivery.attempts + this.localFailures + 1
  }
}
