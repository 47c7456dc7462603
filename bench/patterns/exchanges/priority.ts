import type { ConfirmChannel } from 'amqplib'
import { received } from './received.ts'

/** Of the messages that wait in a classic queue, that with the highest priority comes first. */
export const priority = async (channel: ConfirmChannel) => {
  await channel.assertQueue('support.tasks', { exclusive: true, maxPriority: 1 })
  const priorities = { 'question 1': 0, 'question 2': 0, complaint: 1 }
  for (const [text, level] of Object.entries(priorities))
    channel.sendToQueue('support.tasks', Buffer.from(text), { priority: level })
  return received(channel, ['support.tasks'])
}
