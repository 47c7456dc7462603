/** Declares the exchanges and queues of questions and answers, on the channel that uses them. */
import type { Channel, ChannelModel, Options } from 'amqplib'
import type { QuestionTopology } from '../../topology.ts'
import { exchangeExists } from '../topology/existence.ts'

/** The maximum number of questions that wait in a queue. New ones replace the oldest, which is closest to its timeout. */
const maxWaiting = 10_000

/** How long a question waits at most, if its sender has set no time, ms. */
export const maxQuestionAgeMs = 5_000

/**
 * The queue from which all instances of the answering service take questions. It is a quorum queue like all shared queues. A question
 * that was delivered to an instance that has died is delivered to another one, but only once more: it could be the reason.
 */
const questionQueue: Options.AssertQueue = {
  durable: true,
  arguments: {
    'x-queue-type': 'quorum',
    'x-delivery-limit': 1,
    'x-message-ttl': maxQuestionAgeMs,
    'x-max-length': maxWaiting,
    'x-overflow': 'drop-head',
  },
}

/** The queue of one asking instance. It ends with its consumer. */
const answerQueue: Options.AssertQueue = {
  exclusive: true,
  autoDelete: true,
  durable: false,
  arguments: { 'x-queue-type': 'classic', 'x-max-length': maxWaiting, 'x-overflow': 'drop-head' },
}

/** Declares the objects of an answering service. */
export const declareQuestions = async (
  channel: Channel,
  { types, questionsExchange, queue, answersExchange }: QuestionTopology,
): Promise<void> => {
  await channel.assertExchange(questionsExchange, 'direct', { durable: true })
  await channel.assertExchange(answersExchange, 'direct', { durable: true })
  await channel.assertQueue(queue, questionQueue)
  for (const type of types) await channel.bindQueue(queue, questionsExchange, type)
}

/** Declares the queue of an asking instance. */
export const declareAnswerQueue = async (channel: Channel, queue: string): Promise<void> => {
  await channel.assertQueue(queue, answerQueue)
}

/**
 * Binds the queue of an asking instance to the exchanges of the answering services. Those may never have run: then it declares the
 * exchanges. A service's own account may not do that, but then the definitions contain them.
 */
export const bindAnswerQueue = async (
  connection: ChannelModel,
  channel: Channel,
  { queue, asking }: { readonly queue: string; readonly asking: readonly QuestionTopology[] },
): Promise<void> => {
  for (const { questionsExchange, answersExchange } of asking) {
    for (const exchange of [questionsExchange, answersExchange])
      if (!(await exchangeExists(connection, exchange)))
        await channel.assertExchange(exchange, 'direct', { durable: true })
    await channel.bindQueue(queue, answersExchange, queue)
  }
}
