/** The parts of RabbitMQ that both choreographies use. */
import { type Channel, type ChannelModel, connect } from 'amqplib'
import { serviceNames } from './choreography.ts'
import { amqpUrl } from './environment.ts'

/**
 * Opens a connection without Nagle's algorithm, which amqplib leaves on and which would delay each hop by up to 40 ms. The process
 * ends with its connection; a supervisor would start it again.
 */
export const openConnection = async (): Promise<ChannelModel> => {
  const connection = await connect(amqpUrl(), { noDelay: true })
  connection.on('error', (error) => console.error(error))
  connection.on('close', () => process.exit(1))
  return connection
}

/** Whether every service consumes its queue, which has the name of the service. */
export const allConsume = async (channel: Channel): Promise<boolean> => {
  const queues = await Promise.all(serviceNames.map((name) => channel.checkQueue(name)))
  return queues.every(({ consumerCount }) => consumerCount > 0)
}
