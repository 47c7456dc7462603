/**
 * One service of the choreography as tutorials write it: a delivery is acknowledged when it is sent (`noAck`), and the next event
 * is published after the commit, without an outbox and without a confirm. A process that crashes loses the orders that it has in
 * hand, and those of which it has not published the event. See https://www.rabbitmq.com/tutorials/tutorial-five-javascript.
 */
import { Pool } from 'pg'
import { newEvent, react, type ShopEvent, serviceNames, services } from '../shop/choreography.ts'
import { databaseUrl, port, serviceName, stopAtSigterm } from '../shop/environment.ts'
import { openFront } from '../shop/front.ts'
import { allConsume, openConnection } from '../shop/rabbitmq.ts'
import { place } from '../shop/steps.ts'
import { createTables } from '../shop/tables.ts'

const exchange = 'shop'

const service = serviceName()
const pool = new Pool({ connectionString: databaseUrl() })
pool.on('error', (error) => console.error(error))
await createTables(pool, [services[service].tables])
const channel = await (await openConnection()).createChannel()

// the queues of all services, so that they start in any order
await channel.assertExchange(exchange, 'topic')
for (const name of serviceNames) {
  await channel.assertQueue(name)
  for (const type of Object.keys(services[name].reactions)) await channel.bindQueue(name, exchange, type)
}

const publish = (event: ShopEvent): void => {
  channel.publish(exchange, event.type, Buffer.from(JSON.stringify(event)))
}

const handle = async (event: ShopEvent): Promise<void> => {
  const { state, next } = react(service, event)
  await pool.query(state)
  if (next) publish(next)
}

await channel.consume(service, (message) => void handle(JSON.parse(message?.content.toString() ?? '')), { noAck: true })

const takeOrders = () =>
  openFront({
    port: port(),
    accept: async (order) => {
      await pool.query(place(order))
      publish(newEvent('OrderPlaced', order))
    },
    ready: () => allConsume(channel),
  })

const close = service === 'shop_order' ? await takeOrders() : null
stopAtSigterm(async () => close?.())
