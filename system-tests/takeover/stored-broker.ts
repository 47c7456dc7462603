/** A recorded virtual host of RabbitMQ: its exchanges, queues and bindings, and the messages in the queues. */
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

const onChannel = async <Result>(url: string, work: (channel: ConfirmChannel) => Promise<Result>): Promise<Result> => {
  const connection = await connect(url)
  try {
    return await work(await connection.createConfirmChannel())
  } finally {
    await connection.close()
  }
}

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
