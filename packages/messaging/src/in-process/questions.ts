/** Questions between services of one process. Each is answered in a later turn of the event loop, as over a network. */
import { type Answerer, createAnswerer } from '../questions/answering.ts'
import { OpenQuestions } from '../questions/open-questions.ts'
import { type AnswerBatch, type Asking, type AskOptions, Unanswered, type WireQuestion } from '../questions/port.ts'
import { exchangeToAsk, type ServiceTopology } from '../topology.ts'

/** The maximum number of questions that wait at one instance, as in a queue of RabbitMQ. */
const maxWaiting = 10_000

interface AnsweringInstance {
  readonly exchange: string
  readonly answerer: Answerer
  /** The number of questions that it has not answered yet. Their askers may have given up. */
  waiting: number
  hasLeft: boolean
}

/**
 * The instances that can answer, in the order in which they have begun. The last one of a service answers: they run in the same
 * process, so turns would not spread the work.
 */
export type AnsweringInstances = Set<AnsweringInstance>

export interface InProcessQuestionsOptions {
  readonly topology: ServiceTopology
  readonly instances: AnsweringInstances
  /** Called if a batch of answers fails. */
  readonly onAnswerError: (error: unknown) => void
}

/** The questions and answers of one instance. */
export class InProcessQuestions implements Asking {
  readonly #options: InProcessQuestionsOptions
  readonly #open = new OpenQuestions()
  #answering: AnsweringInstance | null = null
  #hasLeft = false

  constructor(options: InProcessQuestionsOptions) {
    this.#options = options
  }

  async ask(question: WireQuestion, { timeoutMs }: AskOptions): Promise<Uint8Array> {
    const { topology, instances } = this.#options
    const exchange = exchangeToAsk(topology, question.type)
    if (this.#hasLeft) throw new Unanswered('disconnected', `${topology.service} has left the broker.`)
    const instance = [...instances].findLast((answering) => answering.exchange === exchange)
    if (!instance) throw new Unanswered('no_service', `No service answers ${question.type}.`)
    if (instance.waiting >= maxWaiting)
      throw new Unanswered('overload', `${maxWaiting} questions wait for an answer, so ${question.type} was not asked.`)
    const untilMs = performance.now() + timeoutMs
    return this.#open.ask(question, timeoutMs, (id) => {
      instance.waiting += 1
      setImmediate(async () => {
        const answer = await instance.answerer({ question, untilMs })
        instance.waiting -= 1
        if (answer !== null && !instance.hasLeft) this.#open.answered(id, answer)
      })
    })
  }

  lateAnswers(): number {
    return this.#open.late()
  }

  answer(answer: AnswerBatch): void {
    const { topology, instances, onAnswerError } = this.#options
    const { service, answering } = topology
    if (!answering) throw new Error(`${service} can't answer: its model lists no questions under answers.`)
    const answerer = createAnswerer(answer, onAnswerError)
    this.#answering = { exchange: answering.questionsExchange, answerer, waiting: 0, hasLeft: false }
    instances.add(this.#answering)
  }

  /** Like a crash: what this instance asks or answers at the moment gets no answer. */
  leave(): void {
    const { topology, instances } = this.#options
    const answering = this.#answering
    this.#hasLeft = true
    this.#open.allFailed(`${topology.service} has left the broker.`)
    if (!answering) return
    answering.hasLeft = true
    instances.delete(answering)
  }
}
