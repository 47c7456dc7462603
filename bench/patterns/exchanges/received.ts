import type { ConfirmChannel } from 'amqplib'

/** The texts of the messages in each queue, by its name, after all published messages were confirmed. */
export type Received = Readonly<Record<string, readonly string[]>>

export const received = async (channel: ConfirmChannel, queues: readonly string[]): Promise<Received> => {
  await channel.waitForConfirms()
  const texts: Record<string, string[]> = {}
  for (const queue of queues) {
    texts[queue] = []
    for (;;) {
      const message = await channel.get(queue, { noAck: true })
      if (!message) break
      texts[queue].push(message.content.toString())
    }
  }
  return texts
}
