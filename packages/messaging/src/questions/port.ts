/**
 * Request and reply between services, part of the broker port. Nothing is stored: a question gets one answer in time, or none. It is
 * for a question that the asking service can do without. A fact that must not get lost is an event.
 */

/** A question on the wire. */
export interface WireQuestion {
  readonly type: string
  /** JSON of at most 256 KiB. */
  readonly body: Uint8Array
  readonly headers: Readonly<Record<string, string>>
}

export interface AskOptions {
  /**
   * How long to wait for the answer, ms. A question that waits in a queue expires then. An instance that has received it gives it up
   * after the same time again, so a late answer is possible, and is dropped.
   */
  readonly timeoutMs: number
}

/**
 * The reason why a question has no answer. `disconnected`: it was not sent, or the connection ended. `no_service`: no service answers
 * this type. `overload`: too many questions are open or unsent, or the question is too large. `timeout`: there was no answer in time.
 */
export type UnansweredReason = 'disconnected' | 'no_service' | 'overload' | 'timeout'

/** A question got no answer. It may have been handled. */
export class Unanswered extends Error {
  override readonly name = 'Unanswered'
  readonly reason: UnansweredReason

  constructor(reason: UnansweredReason, detail: string, options?: ErrorOptions) {
    super(detail, options)
    this.reason = reason
  }
}

export interface Asking {
  /**
   * Asks the service that answers this type. Resolves to the body of the answer. Rejects at once if the question can't be sent, and
   * at the timeout at the latest.
   * @throws {Unanswered} and no other error, except for a type that the service does not ask according to its topology.
   */
  ask(question: WireQuestion, options: AskOptions): Promise<Uint8Array>
  /** The number of answers that came too late or twice. They are dropped. */
  lateAnswers(): number
}

/**
 * Answers a batch: the questions that have arrived while the previous batch ran. Resolves to the body of the answer for each, or null
 * for no answer. If it rejects, none of the batch is answered.
 */
export type AnswerBatch = (questions: readonly WireQuestion[]) => Promise<readonly (Uint8Array | null)[]>
