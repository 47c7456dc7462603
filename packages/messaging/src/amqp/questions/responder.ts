/** Answers questions that come over RabbitMQ, together with the other instances of the service. */

import { questionContentType } from '@quadrille/messages'
import { type Channel, type ChannelModel, type ConsumeMessage, IllegalOperationError } from 'amqplib'
import { type Answerer, createAnswerer } from '../../questions/answering.ts'
import type { AnswerBatch, WireQuestion } from '../../questions/port.ts'
import type { QuestionTopology } from '../../topology.ts'
import { closeChannel } from '../channel.ts'
import { Acknowledger } from '../consumer/acknowledger.ts'
import { type KeptChannelOptions, keepChannel } from '../kept-channel.ts'
import { declareQuestions, maxQuestionAgeMs } from './declare.ts'

/** The maximum number of questions that wait for their answers in one instance: those of this batch and of the next one. */
const prefetch = 128

export interface AmqpResponderOptions extends KeptChannelOptions {
  readonly service: string
  readonly topology: QuestionTopology
  readonly answer: AnswerBatch
  /** Called if a batch fails, or if an answer can't be sent. */
  readonly onAnswerError: (error: unknown) => void
}

/** Answers questions on this connection until it ends. Resolves then. */
export const answerQuestions = async (connection: ChannelModel, options: AmqpResponderOptions): Promise<void> => {
  const { topology, answer, onAnswerError } = options
  const answerer = createAnswerer(answer, onAnswerError)
  const use = async (channel: Channel) => {
    const acknowledger = new Acknowledger(channel)
    await declareQuestions(channel, topology)
    await channel.prefetch(prefetch)
    await channel.consume(topology.queue, (delivered) => {
      if (delivered) void answerOne(delivered, { channel, acknowledger, answerer, options })
      else void closeChannel(channel) // RabbitMQ has deleted the queue
    })
  }
  await keepChannel(connection, use, options)
}

interface Answering {
  readonly channel: Channel
  readonly acknowledger: Acknowledger
  readonly answerer: Answerer
  readonly options: AmqpResponderOptions
}

/**
 * Answers at most once, then acknowledges the question. After a lost connection another instance may answer it again. Never rejects: the
 * address of a reply comes from the sender, and amqplib throws a TypeError for one that it can't encode.
 */
const answerOne = async (
  delivered: ConsumeMessage,
  { channel, acknowledger, answerer, options: { service, topology, onAnswerError } }: Answering,
): Promise<void> => {
  const { deliveryTag } = delivered.fields
  const { replyTo, correlationId } = delivered.properties
  acknowledger.begin(deliveryTag)
  try {
    const body = await answerer({ question: questionOf(delivered), untilMs: performance.now() + ageLimitOf(delivered) })
    const reply = { persistent: false, contentType: questionContentType, appId: service, correlationId }
    if (body !== null) channel.publish(topology.answersExchange, String(replyTo), Buffer.from(body), reply)
  } catch (error) {
    if (!(error instanceof IllegalOperationError)) onAnswerError(error) // otherwise the channel is closed
  } finally {
    acknowledger.finish(deliveryTag)
  }
}

const questionOf = ({ content, fields, properties }: ConsumeMessage): WireQuestion => ({
  type: fields.routingKey,
  body: content,
  headers: Object.fromEntries(
    Object.entries(properties.headers ?? {}).filter(
      (header): header is [string, string] => typeof header[1] === 'string',
    ),
  ),
})

/** How long an answer is awaited: the time that the sender has set, in ms. */
const ageLimitOf = ({ properties }: ConsumeMessage): number => {
  const ms = Number(properties.expiration)
  return ms > 0 ? Math.min(ms, maxQuestionAgeMs) : maxQuestionAgeMs
}
