/** One service of the choreography: a process with its tables, its outbox and its consumer. */
import type { Channel } from 'amqplib'
import { Pool } from 'pg'
import { type ServiceName, services } from '../shop/choreography.ts'
import { databaseUrl, stopAtSigterm } from '../shop/environment.ts'
import { openConnection } from '../shop/rabbitmq.ts'
import { createTables } from '../shop/tables.ts'
import { consume } from './consumer.ts'
import { type Outbox, openOutbox } from './outbox.ts'
import { declareTopology } from './topology.ts'

/** The deliveries that a service handles at once, each over a connection of its own. More do not help: see README.md. */
const prefetch = 20

export interface ServiceParts {
  readonly pool: Pool
  readonly outbox: Outbox
  readonly channel: Channel
}

/**
 * Starts the service, and stops it at SIGTERM. It publishes and consumes over separate connections, as RabbitMQ recommends.
 * @param open - opens what else the service has, and returns a function that closes it
 */
export const runService = async (
  service: ServiceName,
  open?: (parts: ServiceParts) => Promise<() => Promise<void>>,
): Promise<void> => {
  const pool = new Pool({ connectionString: databaseUrl(), max: prefetch })
  pool.on('error', (error) => console.error(error))
  await createTables(pool, [services[service].tables])
  const [publishing, consuming] = await Promise.all([openConnection(), openConnection()])
  const channel = await consuming.createChannel()
  await declareTopology(channel)
  await channel.prefetch(prefetch)
  const outbox = await openOutbox({ pool, channel: await publishing.createConfirmChannel(), service })
  await consume({ pool, channel, outbox, service })
  const close = await open?.({ pool, outbox, channel })
  stopAtSigterm(async () => {
    await close?.()
    outbox.stop() // what is not confirmed or acknowledged yet stays in the outbox or in the queue
  })
}
