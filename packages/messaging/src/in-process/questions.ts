/** Questions between services of one process. Each is answered in a later turn of the event loop, as over a network. */
import { type Answerer, createAnswerer } from '../questions/answering.ts'
import { OpenQuestions } from '../questions/open-questions.ts'
import { type AnswerBatch, type Asking, type AskOptions, Unanswered, type WireQuestion } from '../questions/port.ts'
import { questionsExchange, type ServiceTopology } from '../topology.ts'

/** The maximum number of questions that wait at one instance, as in a queue of RabbitMQ. */
const maxWaiting = 10_000

/** The instances that answer questions, by the exchange of their questions. They take turns. */
export class AnsweringInstances {
  readonly #instances = new Map<string, readonly AnsweringInstance[]>()

  add(instance: AnsweringInstance): void {
    this.#instances.set(instance.exchange, [...this.#at(instance.exchange), instance])
  }

  remove(instance: AnsweringInstance): void {
    const others = this.#at(instance.exchange).filter((other) => other !== instance)
    if (others.length > 0) this.#instances.set(instance.exchange, others)
    else this.#instances.delete(instance.exchange)
  }

  /** The instance whose turn it is, or undefined without an instance. Instances of several versions may answer different types. */
  next(exchange: string, type: string): AnsweringInstance | undefined {
    const all = this.#at(exchange)
    const first = all.find(({ types }) => types.includes(type))
    if (first) this.#instances.set(exchange, [...all.filter((other) => other !== first), first])
    return first
  }

  #at(exchange: string): readonly AnsweringInstance[] {
    return this.#instances.get(exchange) ?? []
  }
}

interface AnsweringInstance {
  readonly exchange: string
  readonly types: readonly string[]
  readonly answerer: Answerer
  /** The number of questions that it has not answered yet. Their askers may have given up. */
  waiting: number
  hasLeft: boolean
}

export interface LocalQuestionsOptions {
  readonly topology: ServiceTopology
  readonly instances: AnsweringInstances
  /** Called if a batch of answers fails. */
  readonly onAnswerError: (error: unknown) => void
}

/** The questions and answers of one instance. */
export class LocalQuestions implements Asking {
  readonly #options: LocalQuestionsOptions
  readonly #open = new OpenQuestions()
  #answering: AnsweringInstance | null = null
  #hasLeft = false

  constructor(options: LocalQuestionsOptions) {
    this.#options = options
  }

  async ask(question: WireQuestion, { timeoutMs }: AskOptions): Promise<Uint8Array> {
    const { topology, instances } = this.#options
    const exchange = questionsExchange(topology, question.type)
    if (this.#hasLeft) throw new Unanswered('disconnected', `${topology.service} has left the broker.`)
    const instance = instances.next(exchange, question.type)
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
    const { service, answers } = topology
    if (!answers) throw new Error(`${service} can't answer: its model lists no questions under answers.`)
    const answerer = createAnswerer(answer, onAnswerError)
    this.#answering = { exchange: answers.questions, types: answers.types, answerer, waiting: 0, hasLeft: false }
    instances.add(this.#answering)
  }

  /** Like a crash: what this instance asks or answers at the moment gets no answer. */
  leave(): void {
    this.#hasLeft = true
    this.#open.allFailed(`${this.#options.topology.service} has left the broker.`)
    if (!this.#answering) return
    this.#answering.hasLeft = true
    this.#options.instances.remove(this.#answering)
  }
}
