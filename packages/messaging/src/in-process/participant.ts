/** One instance of a service at the in-process broker. */
import type { ConsumeOptions, Participant } from '../broker.ts'
import type { Delivery } from '../delivery.ts'
import type { AnswerBatch } from '../questions/port.ts'
import type { ServiceTopology } from '../topology.ts'
import type { InProcessConsumer } from './consumer.ts'
import type { InProcessPublisher } from './publisher.ts'
import type { InProcessQuestions } from './questions.ts'
import type { Queue } from './queue.ts'
import type { QueueStorage } from './queue-storage.ts'

interface OwnQueue {
  readonly queue: Queue
  readonly storage: QueueStorage
  readonly consumers: InProcessConsumer[]
}

export interface InProcessParticipantOptions {
  readonly topology: ServiceTopology
  readonly publisher: InProcessPublisher
  readonly questions: InProcessQuestions
  /** The queues of the topology, each with its part of this instance's stores. */
  readonly queues: readonly { readonly queue: Queue; readonly storage: QueueStorage }[]
  readonly left: (participant: InProcessParticipant) => void
}

export class InProcessParticipant implements Participant {
  readonly system = 'in_process'
  readonly publisher: InProcessPublisher
  readonly questions: InProcessQuestions
  readonly #options: InProcessParticipantOptions
  readonly #queues = new Map<string, OwnQueue>()
  #left: Promise<void> | undefined

  constructor(options: InProcessParticipantOptions) {
    this.publisher = options.publisher
    this.questions = options.questions
    this.#options = options
    for (const { queue, storage } of options.queues) {
      this.#queues.set(queue.name, { queue, storage, consumers: [] })
      queue.addStorage(storage)
    }
  }

  consume(queueName: string, handle: (delivery: Delivery) => void, { prefetch }: ConsumeOptions): InProcessConsumer {
    const own = this.#queues.get(queueName)
    if (!own) throw new Error(`${this.#options.topology.service} can't consume ${queueName}: it has no such queue.`)
    const consumer = own.queue.consume({ storage: own.storage, prefetch, handle })
    own.consumers.push(consumer)
    return consumer
  }

  answer(answer: AnswerBatch): void {
    this.questions.answer(answer)
  }

  disconnected(): string | null {
    return this.#left !== undefined ? 'this service has left the broker' : null
  }

  isRefused(): boolean {
    return false
  }

  blocked(): string | null {
    return null
  }

  restoredForMs(): number {
    return Number.POSITIVE_INFINITY
  }

  /** True for its own exchanges. */
  publishesTo(exchange: string): boolean {
    const { events, direct, fanout } = this.#options.topology
    return exchange === events || exchange === direct || exchange === fanout
  }

  leave(): Promise<void> {
    this.#left ??= this.#leave()
    return this.#left
  }

  async #leave(): Promise<void> {
    this.publisher.leave()
    this.questions.leave()
    const own = [...this.#queues.values()]
    await Promise.all(own.map(({ queue, storage, consumers }) => queue.removeStorage(storage, consumers)))
    this.#options.left(this)
  }
}
