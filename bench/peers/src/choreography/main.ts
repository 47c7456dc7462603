/**
 * One service of the choreography: a process with its tables, its outbox and its consumer. It publishes and consumes over separate
 * connections, as RabbitMQ recommends.
 */
import { Pool } from 'pg'
import { newEvent, services } from '../shop/choreography.ts'
import { databaseUrl, port, serviceName, stopAtSigterm } from '../shop/environment.ts'
import { openFront } from '../shop/front.ts'
import { allConsume, openConnection } from '../shop/rabbitmq.ts'
import { place } from '../shop/steps.ts'
import { createTables } from '../shop/tables.ts'
import { inTransaction } from '../shop/transaction.ts'
import { consume } from './consumer.ts'
import { openOutbox } from './outbox.ts'
import { declareTopology } from './topology.ts'

/** The deliveries that a service handles at once, each over a connection of its own. More do not help: see README.md. */
const prefetch = 20

const service = serviceName()
const pool = new Pool({ connectionString: databaseUrl(), max: prefetch })
pool.on('error', (error) => console.error(error))
await createTables(pool, [services[service].tables])
const [publishing, consuming] = await Promise.all([openConnection(), openConnection()])
const channel = await consuming.createChannel()
await declareTopology(channel)
await channel.prefetch(prefetch)
const outbox = await openOutbox({ pool, channel: await publishing.createConfirmChannel(), service })
await consume({ pool, channel, outbox, service })

const takeOrders = () =>
  openFront({
    port: port(),
    accept: async (order) => {
      const placed = newEvent('OrderPlaced', order)
      await inTransaction(pool, async (client) => {
        await client.query(place(order))
        await client.query(outbox.insert(placed))
      })
      outbox.wakeRelay()
    },
    ready: () => allConsume(channel),
  })

const close = service === 'shop_order' ? await takeOrders() : null
stopAtSigterm(async () => {
  await close?.()
  outbox.stop() // what is not confirmed or acknowledged yet stays in the outbox or in the queue
})
