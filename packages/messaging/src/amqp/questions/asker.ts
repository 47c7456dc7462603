/** Asks questions over RabbitMQ. Their answers come to a queue of this instance. */
import { randomUUID } from 'node:crypto'
import { questionContentType } from '@quadrille/messages'
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { OpenQuestions } from '../../questions/open-questions.ts'
import { type Asking, type AskOptions, Unanswered, type WireQuestion } from '../../questions/port.ts'
import { answerQueueOf, questionsExchange, type ServiceTopology } from '../../topology.ts'
import { closeChannel, type KeptChannelOptions, keepChannel } from '../kept-channel.ts'
import { bindAnswerQueue, declareAnswerQueue } from './declare.ts'

export interface AmqpAskerOptions extends KeptChannelOptions {
  readonly topology: ServiceTopology
  /** The reason why nothing can be published. */
  readonly unavailable: () => string | null
}

/** An open channel, and the queue for the answers to its questions. */
interface Session {
  readonly channel: Channel
  readonly queue: string
}

export class AmqpAsker implements Asking {
  readonly #options: AmqpAskerOptions
  readonly #open = new OpenQuestions()
  #session: Session | null = null

  constructor(options: AmqpAskerOptions) {
    this.#options = options
  }

  /** Asks on this connection until it ends. Resolves then. */
  async run(connection: ChannelModel): Promise<void> {
    const { asks = [] } = this.#options.topology
    if (asks.length === 0) return
    await keepChannel(connection, (channel) => this.#use(connection, channel), this.#options)
  }

  async ask(question: WireQuestion, { timeoutMs }: AskOptions): Promise<Uint8Array> {
    const exchange = questionsExchange(this.#options.topology, question.type)
    const session = this.#session
    const reason = this.#options.unavailable()
    if (session === null || reason !== null)
      throw new Unanswered('disconnected', `${question.type} was not asked: ${reason ?? 'opening a channel'}.`)
    return this.#open.ask(question, timeoutMs, (correlationId) => {
      session.channel.publish(exchange, question.type, Buffer.from(question.body), {
        ...{ mandatory: true, persistent: false, contentType: questionContentType },
        ...{ type: question.type, appId: this.#options.topology.service, headers: question.headers },
        ...{ correlationId, replyTo: session.queue, expiration: timeoutMs },
      })
    })
  }

  lateAnswers(): number {
    return this.#open.late()
  }

  async #use(connection: ChannelModel, channel: Channel): Promise<void> {
    const { service, asks = [] } = this.#options.topology
    // A new name each time: after a lost connection, RabbitMQ keeps the exclusive queue until it has detected the loss.
    const queue = answerQueueOf(service, randomUUID())
    channel.on('close', () => {
      if (this.#session?.channel !== channel) return // a newer connection has taken over
      this.#session = null
      this.#open.allFailed('The channel to RabbitMQ was closed.')
    })
    channel.on('return', ({ properties, fields }) =>
      this.#open.failed(
        properties.correlationId,
        new Unanswered('no_service', `No service answers ${fields.routingKey}.`),
      ),
    )
    await declareAnswerQueue(channel, queue)
    // Consumed before it is bound, so that it ends with this channel also if a permission is missing.
    await channel.consume(queue, (answer) => this.#receive(channel, answer), { noAck: true })
    await bindAnswerQueue(connection, channel, { queue, asks })
    this.#session = { channel, queue }
  }

  /** Without an answer, RabbitMQ has deleted the queue. */
  #receive(channel: Channel, answer: ConsumeMessage | null): void {
    if (answer) this.#open.answered(answer.properties.correlationId, answer.content)
    else void closeChannel(channel)
  }
}
