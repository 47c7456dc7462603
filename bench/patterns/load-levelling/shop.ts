/** The shop of the run: a process for each service, and any number of payment processes. */
import { openLedger } from '@quadrille/payment/ledger'
import { connect } from 'amqplib'
import { skusOf } from '../../src/load/order-body.ts'
import { openShop, type Shop } from '../../src/load/shop.ts'
import { attemptedAgain, audit, unfulfilled } from '../../src/systems/audit.ts'
import { untilReady } from '../../src/systems/ready.ts'
import type { Servers } from '../../src/systems/servers.ts'
import { mapMeasured, measuredServices } from '../../src/systems/services.ts'
import { addStock, databaseOf, serviceDatabases } from '../../src/systems/system.ts'
import { workingTree } from '../../src/systems/version.ts'
import { type Instances, openInstances } from './instances.ts'

export interface ScalableShop extends AsyncDisposable {
  readonly customers: Shop
  readonly payment: Instances
  /** Messages that wait in payment's inbox and in its work queue. Null if RabbitMQ does not know it at the moment. */
  depth(): Promise<number | null>
  /** The reason if a process has not started, or exited by itself. Otherwise null. */
  failure(): string | null
  /** The number of captures, by the ledger of the gateway. */
  captures(): Promise<number>
  /** The number of payments whose charge did not take exactly one attempt. */
  attemptedAgain(): Promise<number>
  /** Null if every order is fulfilled and all books agree. Otherwise one line. */
  check(): Promise<string | null>
}

/** Orders of two lines, whose SKUs are out of 100. */
const form = { skus: 100, lines: 2 }

/**
 * An instance makes 15 calls at a time, of half a second each, so it charges 30 orders a second. Postgres accepts 100 connections:
 * with 4 of each instance there is room for eight instances, and for the other services.
 */
const paymentVariables = { TASK_CONCURRENCY: '15', DATABASE_CONNECTIONS: '4' }

/** Starts it with one instance of each service. Resolves when all are ready. */
export const startShop = async (servers: Servers): Promise<ScalableShop> => {
  await using started = new AsyncDisposableStack()
  const [postgres, broker] = await Promise.all([servers.postgres('npm start'), servers.broker()])
  await postgres.create(serviceDatabases)
  started.defer(() => postgres.dropAll())
  const vhost = await broker.createVhost()
  started.defer(() => vhost.drop())
  const instances = mapMeasured((service) =>
    openInstances(service, {
      ...{ DATABASE_URL: postgres.urlOf(databaseOf(service)), AMQP_URL: vhost.url },
      ...(service === 'payment' && paymentVariables),
    }),
  )
  const all = measuredServices.map((service) => instances[service])
  started.defer(async () => {
    for (const each of all) each.resize(0)
    await Promise.all(all.map((each) => each.settled()))
  })
  const failure = () => all.map((each) => each.failure()).find((reason) => reason !== null) ?? null
  for (const each of all) each.resize(1)
  await Promise.all(all.map((each) => each.settled()))
  const reason = failure()
  if (reason !== null) throw new Error(reason)
  for (const { urls } of all) for (const url of urls) await untilReady(url, [])
  const { order, payment, inventory } = instances
  await addStock({ stockUrl: inventory.urls[0] ?? null }, skusOf(form))
  const customers = await openShop({ orderUrls: order.urls, database: postgres.urlOf(databaseOf('order')), form })
  started.defer(() => customers.close())
  const connection = await connect(vhost.url)
  started.defer(() => connection.close())
  const channel = await connection.createChannel()
  const rest = started.move()
  return {
    customers,
    payment,
    depth: async () => {
      const queues = await Promise.all(['payment.inbox', 'payment.tasks'].map((queue) => channel.checkQueue(queue)))
      // A quorum queue whose leader answers late has neither messages nor consumers.
      if (queues.some(({ messageCount, consumerCount }) => messageCount + consumerCount === 0)) return null
      return queues.reduce((sum, { messageCount }) => sum + messageCount, 0)
    },
    failure,
    captures: async () => {
      await using ledger = openLedger({ databaseUrl: postgres.urlOf(databaseOf('payment')) })
      const entries = await ledger?.readLedger({ after: firstId, upTo: lastId })
      return (entries ?? []).reduce((sum, { captures }) => sum + captures, 0)
    },
    attemptedAgain: () => attemptedAgain(postgres.urlOf(databaseOf('payment'))),
    check: async () =>
      (await unfulfilled(postgres.urlOf(databaseOf('order')), null)) ??
      (await audit(workingTree, { serverUrl: postgres.url, amqpUrl: vhost.url })),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

const firstId = '00000000-0000-0000-0000-000000000000'
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
