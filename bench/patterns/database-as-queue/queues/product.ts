/**
 * The broker port of the product, with its outbox: the relay sends a task after the commit that stored it. A consumer may get a
 * task twice, and recognizes it by its outcome.
 */
import { batching } from '@quadrille/async'
import { shop } from '@quadrille/events'
import {
  amqpBroker,
  type Broker,
  type Delivery,
  inProcessBroker,
  type ServiceTopology,
  taskAddress,
  topologyOf,
} from '@quadrille/messaging'
import { type Inserted, type Outgoing, outboxMigrations, Relay, retryTable } from '@quadrille/outbox'
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { waitUntil } from '@quadrille/testing/waiting'
import type { Task } from '../task.ts'
import { batchSize, type QueueOptions, type TaskQueue, type TaskQueueKind } from '../task-queue.ts'

/** Payment runs alone, so it does not wait for the consumers of its events. */
const topology: ServiceTopology = { ...topologyOf(shop.services.payment, shop.services), requiredInboxes: [] }
const to = taskAddress(shop.services.payment)

/** The service has no server for its messages: its outbox is the queue. */
export const inProcess: TaskQueueKind = {
  name: 'product, in process',
  usesRabbitMq: false,
  mayRepeat: true,
  open: (options) => openQueue(options, (onError) => inProcessBroker({ onError })),
}

export const rabbitMq: TaskQueueKind = {
  name: 'product, RabbitMQ',
  usesRabbitMq: true,
  mayRepeat: true,
  open: (options) => openQueue(options, (onError) => amqpBroker(options.amqpUrl, { onError })),
}

type OpenBroker = (onError: (error: unknown) => void) => Broker

const openQueue = async ({ databaseUrl, outcomes }: QueueOptions, openBroker: OpenBroker): Promise<TaskQueue> => {
  let failure: unknown
  const onError = (error: unknown) => {
    failure ??= error
  }
  await migrate(databaseUrl, outboxMigrations)
  const database = openDatabase({ url: databaseUrl, applicationName: 'payment', max: 20, onIdleError: onError })
  const broker = openBroker(onError)
  const deadLetters = { add: async () => onError(new Error('A task became a dead letter.')) }
  const stores = { database: 'benchmark', retries: retryTable(database), deadLetters, redactText: shop.redactText }
  const participant = broker.join(topology, stores)
  const { publisher } = participant
  const relay = new Relay({
    database,
    publisher,
    service: topology.service,
    onError,
    redactText: shop.redactText,
    storeUnsendable: async () => onError(new Error('A task can never be sent.')),
  })
  const write = async (deliveries: readonly Delivery[]): Promise<readonly Delivery[]> => {
    const tasks = deliveries.map(({ message }): Task => JSON.parse(Buffer.from(message.body).toString()))
    await database.transaction((sql) => outcomes.write((text, values) => sql.query(text, values), tasks))
    return deliveries
  }
  const consume = () => {
    const handle = batching(write, { maxSize: batchSize })
    const settle = (delivery: Delivery) => void handle(delivery).then(() => delivery.ack(), onError)
    return participant.consume(to.routingKey, settle, { prefetch: batchSize })
  }
  await waitUntil(() => participant.disconnected() === null, { what: 'the connection to the broker' })
  relay.start()
  return {
    send: (tasks) => send(database, relay, tasks),
    filled: async () => {
      await waitUntil(async () => (await countRows(database)) === 0, { what: 'an empty outbox' })
    },
    consume: async (count) => {
      for (let started = 0; started < count; started += 1) consume()
    },
    failure: () => failure,
    stop: async () => {
      await relay.stop()
      await broker.close()
      await database.end()
    },
  }
}

/** In one transaction with the state of the service, which is left out here. */
const send = async (database: Database, relay: Relay, tasks: readonly Task[]): Promise<void> => {
  const handoff = relay.prepare(tasks.map(outgoing))
  handoff.committed(await database.transaction((sql) => sql.commit<Inserted>(handoff.statements)))
}

const outgoing = (task: Task): Outgoing => ({
  id: task.id,
  type: 'Charge',
  subject: task.orderId,
  to,
  body: JSON.stringify(task),
  traceparent: undefined,
})

/** The rows of the outbox are deleted shortly after the broker has confirmed them. */
const countRows = async (database: Database): Promise<number> => {
  const [row] = await database.query<{ count: number }>('select count(*)::integer as count from outbox')
  return row?.count ?? 0
}
