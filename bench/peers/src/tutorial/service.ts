/**
 * One service of the choreography as tutorials write it: a delivery is acknowledged when it is sent (`noAck`), and the next event
 * is published after the commit, without an outbox and without a confirm. A process that crashes loses the orders that it has in
 * hand, and those of which it has not published the event. See https://www.rabbitmq.com/tutorials/tutorial-five-javascript.
 */
import type { Channel } from 'amqplib'
import { Pool } from 'pg'
import { react, type ServiceName, type ShopEvent, serviceNames, services } from '../shop/choreography.ts'
import { databaseUrl, stopAtSigterm } from '../shop/environment.ts'
import { openConnection } from '../shop/rabbitmq.ts'
import { createTables } from '../shop/tables.ts'

const exchange = 'shop'

export interface ServiceParts {
  readonly pool: Pool
  readonly channel: Channel
}

export const publish = (channel: Channel, event: ShopEvent): void => {
  channel.publish(exchange, event.type, Buffer.from(JSON.stringify(event)))
}

/** Declares the queues of all services, so that they start in any order. */
const declareTopology = async (channel: Channel): Promise<void> => {
  await channel.assertExchange(exchange, 'topic')
  for (const name of serviceNames) {
    await channel.assertQueue(name)
    for (const type of Object.keys(services[name].reactions)) await channel.bindQueue(name, exchange, type)
  }
}

/**
 * Starts the service, and stops it at SIGTERM.
 * @param open - opens what else the service has, and returns a function that closes it
 */
export const runService = async (
  service: ServiceName,
  open?: (parts: ServiceParts) => Promise<() => Promise<void>>,
): Promise<void> => {
  const pool = new Pool({ connectionString: databaseUrl() })
  pool.on('error', (error) => console.error(error))
  await createTables(pool, [services[service].tables])
  const channel = await (await openConnection()).createChannel()
  await declareTopology(channel)
  const handle = async (event: ShopEvent) => {
    const { state, next } = react(service, event)
    await pool.query(state)
    if (next) publish(channel, next)
  }
  const settings = { noAck: true }
  await channel.consume(service, (message) => void handle(JSON.parse(message?.content.toString() ?? '')), settings)
  const close = await open?.({ pool, channel })
  stopAtSigterm(async () => close?.())
}
