/** Copies a virtual host of RabbitMQ to JSON and back: its exchanges, queues and bindings, and the messages in the queues. */
import { manage, type Vhost } from '@quadrille/testing'
import { type ConfirmChannel, connect, type Options } from 'amqplib'

/** As RabbitMQ exports and imports them: https://www.rabbitmq.com/docs/definitions. */
interface Definitions {
  readonly exchanges: readonly object[]
  readonly queues: readonly { readonly name: string }[]
  readonly bindings: readonly object[]
}

interface StoredMessage {
  readonly queue: string
  /** The exchange through which it came to the queue. Consumers check it. */
  readonly exchange: string
  readonly routingKey: string
  readonly properties: Options.Publish
  /** As text, because all messages of the product are text. */
  readonly body: string
}

export interface StoredBroker {
  readonly definitions: Definitions
  readonly messages: readonly StoredMessage[]
}

/**
 * Stores a virtual host that no service uses any more, and empties it.
 * @param taken - messages of retry queues, taken before the queues returned them
 */
export const store = async (
  serverUrl: string,
  { name, url }: Vhost,
  taken: readonly StoredMessage[],
): Promise<StoredBroker> => {
  const { exchanges, queues, bindings } = (await manage(serverUrl, `GET /api/definitions/${name}`)) as Definitions
  const messages = [...taken]
  for (const queue of queues) messages.push(...(await takeAll(url, queue.name)))
  return { definitions: { exchanges, queues, bindings }, messages }
}

const onChannel = async <Result>(url: string, work: (channel: ConfirmChannel) => Promise<Result>): Promise<Result> => {
  const connection = await connect(url)
  try {
    return await work(await connection.createConfirmChannel())
  } finally {
    await connection.close()
  }
}

/** The number of messages that wait for a consumer. */
export const readyMessageCount = (url: string, queue: string): Promise<number> =>
  onChannel(url, async (channel) => (await channel.checkQueue(queue)).messageCount)

/** Takes all messages out of a queue. */
export const takeAll = (url: string, queue: string): Promise<StoredMessage[]> =>
  onChannel(url, async (channel) => {
    const messages: StoredMessage[] = []
    for (let got = await channel.get(queue, { noAck: true }); got; got = await channel.get(queue, { noAck: true })) {
      const set = Object.entries(got.properties).filter(([, value]) => value !== undefined)
      const { exchange, routingKey } = got.fields
      messages.push({ queue, exchange, routingKey, properties: Object.fromEntries(set), body: got.content.toString() })
    }
    return messages
  })

/** Requeues each message of a queue until RabbitMQ dead-letters it. */
export const deadLetterAll = (url: string, queue: string): Promise<void> =>
  onChannel(url, async (channel) => {
    for (let got = await channel.get(queue); got; got = await channel.get(queue)) channel.nack(got, false, true)
  })

export const send = (url: string, queue: string, body: string): Promise<void> =>
  onChannel(url, async (channel) => {
    channel.sendToQueue(queue, Buffer.from(body))
    await channel.waitForConfirms()
  })

/** Fills an empty virtual host. Publishes each message through its exchange while only its queue is bound. */
export const restore = async (serverUrl: string, { name, url }: Vhost, stored: StoredBroker): Promise<void> => {
  const { bindings, ...unbound } = stored.definitions
  await manage(serverUrl, `POST /api/definitions/${name}`, { ...unbound, bindings: [] })
  await onChannel(url, async (channel) => {
    for (const { queue, exchange, routingKey, properties, body } of stored.messages) {
      await channel.bindQueue(queue, exchange, routingKey)
      channel.publish(exchange, routingKey, Buffer.from(body), properties)
      await channel.waitForConfirms()
      await channel.unbindQueue(queue, exchange, routingKey)
    }
  })
  await manage(serverUrl, `POST /api/definitions/${name}`, stored.definitions)
}
