/** Asks questions over RabbitMQ. Their answers come to a queue of this instance. */
import { randomUUID } from 'node:crypto'
import { questionContentType } from '@quadrille/messages'
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { OpenQuestions } from '../../questions/open-questions.ts'
import { type Asking, type AskOptions, Unanswered, type WireQuestion } from '../../questions/port.ts'
import { answerQueueOf, questionsExchange, type ServiceTopology } from '../../topology.ts'
import { closeChannel, type KeptChannelOptions, keepChannel } from '../kept-channel.ts'
import { declareAnswers } from './declare.ts'

export interface AmqpAskerOptions extends KeptChannelOptions {
  readonly topology: ServiceTopology
  /** The reason why nothing can be published. */
  readonly unavailable: () => string | null
}

export class AmqpAsker implements Asking {
  readonly #options: AmqpAskerOptions
  readonly #queue: string
  readonly #open = new OpenQuestions()
  #channel: Channel | null = null
  /** True while the socket takes no more: the questions wait in memory. */
  #full = false

  constructor(options: AmqpAskerOptions) {
    this.#options = options
    this.#queue = answerQueueOf(options.topology.service, randomUUID())
  }

  /** Asks on this connection until it ends. Resolves then. */
  async run(connection: ChannelModel): Promise<void> {
    const { asks = [] } = this.#options.topology
    if (asks.length === 0) return
    await keepChannel(connection, (channel) => this.#use(connection, channel), this.#options)
  }

  async ask(question: WireQuestion, { timeoutMs }: AskOptions): Promise<Uint8Array> {
    const exchange = questionsExchange(this.#options.topology, question.type)
    const channel = this.#channel
    const reason = this.#options.unavailable()
    if (channel === null || reason !== null)
      throw new Unanswered('disconnected', `${question.type} was not asked: ${reason ?? 'opening a channel'}.`)
    if (this.#full)
      throw new Unanswered('overload', `${question.type} was not asked: the connection to RabbitMQ is full.`)
    return this.#open.ask(question, timeoutMs, (correlationId) => {
      const hasRoom = channel.publish(exchange, question.type, Buffer.from(question.body), {
        ...{ mandatory: true, persistent: false, contentType: questionContentType },
        ...{ type: question.type, appId: this.#options.topology.service, headers: question.headers },
        ...{ correlationId, replyTo: this.#queue, expiration: timeoutMs },
      })
      this.#full = !hasRoom
    })
  }

  lateAnswers(): number {
    return this.#open.late()
  }

  async #use(connection: ChannelModel, channel: Channel): Promise<void> {
    const { asks = [] } = this.#options.topology
    channel.on('close', () => {
      this.#channel = null
      this.#open.allFailed('The channel to RabbitMQ was closed.')
    })
    channel.on('drain', () => {
      this.#full = false
    })
    channel.on('return', ({ properties, fields }) =>
      this.#open.failed(
        properties.correlationId,
        new Unanswered('no_service', `No service answers ${fields.routingKey}.`),
      ),
    )
    await declareAnswers(connection, channel, { queue: this.#queue, asks })
    await channel.consume(this.#queue, (answer) => this.#receive(channel, answer), { noAck: true })
    this.#full = false
    this.#channel = channel
  }

  /** Without an answer, RabbitMQ has deleted the queue. */
  #receive(channel: Channel, answer: ConsumeMessage | null): void {
    if (answer) this.#open.answered(answer.properties.correlationId, answer.content)
    else void closeChannel(channel)
  }
}
