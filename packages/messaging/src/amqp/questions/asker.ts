/** Asks questions over RabbitMQ. Their answers come to a queue of this instance. */
import { randomUUID } from 'node:crypto'
import { questionContentType } from '@quadrille/messages'
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { OpenQuestions } from '../../questions/open-questions.ts'
import { type Asking, type AskOptions, Unanswered, type WireQuestion } from '../../questions/port.ts'
import { exchangeToAsk, type ServiceTopology } from '../../topology.ts'
import { closeChannel } from '../channel.ts'
import { type KeptChannelOptions, keepChannel } from '../kept-channel.ts'
import { answerQueueOf } from '../topology/names.ts'
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

/**
 * The maximum size of questions that the connection has not taken yet, in addition to the 1,024 frames that amqplib buffers before
 * it reports that. They stay in memory after their timeout.
 */
const maxUnsentBytes = 16 * 1_024 * 1_024
/** The approximate size of a question without its body. */
const headBytes = 1_024

export class AmqpAsker implements Asking {
  readonly #options: AmqpAskerOptions
  readonly #open = new OpenQuestions()
  #session: Session | null = null
  /** Since amqplib's buffer was last empty or had room. */
  #unsentBytes = 0

  constructor(options: AmqpAskerOptions) {
    this.#options = options
  }

  /** Asks on this connection until it ends. Resolves then. */
  async run(connection: ChannelModel): Promise<void> {
    const { asking = [] } = this.#options.topology
    if (asking.length === 0) return
    await keepChannel(connection, (channel) => this.#use(connection, channel), this.#options)
  }

  async ask(question: WireQuestion, { timeoutMs }: AskOptions): Promise<Uint8Array> {
    const exchange = exchangeToAsk(this.#options.topology, question.type)
    const session = this.#session
    const reason = this.#options.unavailable()
    if (session === null || reason !== null)
      throw new Unanswered('disconnected', `${question.type} was not asked: ${reason ?? 'opening a channel'}.`)
    const bytes = question.body.byteLength + headBytes
    if (this.#unsentBytes + bytes > maxUnsentBytes)
      throw new Unanswered('overload', `The connection to RabbitMQ takes nothing, so ${question.type} was not asked.`)
    return this.#open.ask(question, timeoutMs, (correlationId) => {
      const taken = session.channel.publish(exchange, question.type, Buffer.from(question.body), {
        mandatory: true,
        persistent: false,
        contentType: questionContentType,
        type: question.type,
        appId: this.#options.topology.service,
        headers: question.headers,
        correlationId,
        replyTo: session.queue,
        expiration: timeoutMs,
      })
      this.#unsentBytes = taken ? 0 : this.#unsentBytes + bytes
    })
  }

  lateAnswers(): number {
    return this.#open.late()
  }

  async #use(connection: ChannelModel, channel: Channel): Promise<void> {
    const { service, asking = [] } = this.#options.topology
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
    channel.on('drain', () => {
      if (this.#session?.channel === channel) this.#unsentBytes = 0
    })
    await declareAnswerQueue(channel, queue)
    // Consumed before it is bound, so that it ends with this channel even if a permission is missing.
    await channel.consume(queue, (answer) => this.#receive(channel, answer), { noAck: true })
    await bindAnswerQueue(connection, channel, { queue, asking })
    this.#session = { channel, queue }
    this.#unsentBytes = 0
  }

  /** Without an answer, RabbitMQ has deleted the queue. */
  #receive(channel: Channel, answer: ConsumeMessage | null): void {
    if (answer) this.#open.answered(answer.properties.correlationId, answer.content)
    else void closeChannel(channel)
  }
}
