import type { ConfirmChannel } from 'amqplib'
import type { Received } from './received.ts'

/** Request and reply by the default exchange: RabbitMQ gives the requester a reply address that is not a queue. */
export const directReplyTo = async (channel: ConfirmChannel): Promise<Received> => {
  await channel.assertQueue('questions', { exclusive: true })
  await channel.consume(
    'questions',
    (question) => {
      if (question) channel.publish('', question.properties.replyTo, Buffer.from('3 mugs'))
    },
    { noAck: true },
  )
  const reply = Promise.withResolvers<string>()
  await channel.consume('amq.rabbitmq.reply-to', (answer) => reply.resolve(`${answer?.content}`), { noAck: true })
  channel.publish('', 'questions', Buffer.from('how many mugs?'), { replyTo: 'amq.rabbitmq.reply-to' })
  return { requester: [await reply.promise] }
}
