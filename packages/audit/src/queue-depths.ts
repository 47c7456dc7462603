/** How much lies in the queues of RabbitMQ. */
import { choreography } from '@quadrille/events'
import { queueNamesOf, topologyOf, unrouted } from '@quadrille/messaging'
import { connect } from 'amqplib'

/**
 * The messages in every queue of the choreography: inboxes, work, retry and dead letter queues, and `unrouted`. Those that a
 * consumer holds are not among them, so the services should have stopped, or be at rest.
 * @throws where a queue doesn't exist: its service has never been connected to this broker.
 */
export const queueDepths = async (amqpUrl: string): Promise<Map<string, number>> => {
  const connection = await connect(amqpUrl)
  connection.on('error', () => undefined) // the call that runs rejects with it
  try {
    const channel = await connection.createChannel()
    channel.on('error', () => undefined) // the call that caused it rejects
    const names = Object.values(choreography).flatMap((model) => queueNamesOf(topologyOf(model)))
    const depths = new Map<string, number>()
    for (const name of [...names, unrouted]) depths.set(name, (await channel.checkQueue(name)).messageCount)
    return depths
  } finally {
    await connection.close()
  }
}
