/** The questions of one instance that wait for their answers. Each has an id that is never used again. */
import { maxBodyBytes } from '@quadrille/messages'
import { Unanswered, type WireQuestion } from './port.ts'

/** The maximum number of open questions of an instance, and of their bytes. */
const maxOpenQuestions = 10_000
const maxOpenBytes = 16 * 1_024 * 1_024

interface OpenQuestion {
  readonly resolve: (answer: Uint8Array) => void
  readonly reject: (reason: Unanswered) => void
  readonly timer: NodeJS.Timeout
  readonly bytes: number
}

export class OpenQuestions {
  readonly #open = new Map<string, OpenQuestion>()
  #lastId = 0
  #late = 0
  #bytes = 0

  /** The number of answers to questions that are no longer open. */
  late(): number {
    return this.#late
  }

  /** Opens a question and sends it. @throws {Unanswered} if it can't be sent, and at the timeout. */
  async ask({ type, body }: WireQuestion, timeoutMs: number, send: (id: string) => void): Promise<Uint8Array> {
    const bytes = body.byteLength
    if (bytes > maxBodyBytes)
      throw new Unanswered('overload', `${type} has ${bytes} bytes, but may have ${maxBodyBytes} at most.`)
    if (this.#open.size >= maxOpenQuestions || this.#bytes + bytes > maxOpenBytes)
      throw new Unanswered('overload', `Too many questions are open, so ${type} was not asked.`)
    this.#lastId += 1
    const id = String(this.#lastId)
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
    const giveUp = () =>
      this.failed(id, new Unanswered('timeout', `No service answered ${type} within ${timeoutMs} ms.`))
    this.#open.set(id, { resolve, reject, timer: setTimeout(giveUp, timeoutMs), bytes })
    this.#bytes += bytes
    try {
      send(id)
    } catch (cause) {
      this.failed(id, new Unanswered('disconnected', `${type} was not sent: ${String(cause)}`, { cause }))
    }
    return promise
  }

  answered(id: string, answer: Uint8Array): void {
    const question = this.#take(id)
    if (question) question.resolve(answer)
    else this.#late += 1
  }

  failed(id: string, reason: Unanswered): void {
    this.#take(id)?.reject(reason)
  }

  /** All open questions get no answer, because the connection has ended. */
  allFailed(detail: string): void {
    for (const id of this.#open.keys()) this.failed(id, new Unanswered('disconnected', detail))
  }

  #take(id: string): OpenQuestion | undefined {
    const question = this.#open.get(id)
    this.#open.delete(id)
    this.#bytes -= question?.bytes ?? 0
    clearTimeout(question?.timer)
    return question
  }
}
