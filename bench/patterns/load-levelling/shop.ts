/** The shop of the run: a process for each service, and any number of payment processes. */
import { openLedger } from '@quadrille/payment/ledger'
import { connect } from 'amqplib'
import { skusOf } from '../../src/load/order-body.ts'
import { openShop, type Shop } from '../../src/load/shop.ts'
import { attemptedAgain } from '../../src/systems/audit.ts'
import { startProduct } from '../../src/systems/product.ts'
import { untilReady } from '../../src/systems/ready.ts'
import type { Servers } from '../../src/systems/servers.ts'
import { addStock, databaseOf, type System } from '../../src/systems/system.ts'
import { workingTree } from '../../src/systems/version.ts'
import { type Instances, openInstances } from './instances.ts'

export interface ScalableShop extends AsyncDisposable {
  readonly customers: Shop
  readonly payment: Instances
  /** Messages that wait in payment's inbox and in its work queue. Null if RabbitMQ does not know it at the moment. */
  depth(): Promise<number | null>
  /** The reason if a process has exited by itself. Otherwise null. */
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
  const postgres = await servers.postgres('npm start')
  const options = { version: workingTree, postgres, instances: 1, variables: {} }
  const system = await startProduct(options, await servers.broker())
  started.defer(() => system.stop())
  const { payment, amqpUrl } = await replacePayment(system)
  started.defer(async () => {
    await payment.resize(0)
    await payment.ended()
  })
  await addStock(system, skusOf(form))
  const { orderUrls, database } = system
  const customers = await openShop({ orderUrls, database, form })
  started.defer(() => customers.close())
  const connection = await connect(amqpUrl)
  started.defer(() => connection.close())
  const channel = await connection.createChannel()
  const paymentDatabase = postgres.urlOf(databaseOf('payment'))
  const children = system.processes.map(({ child }) => child)
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
    failure: () => children.map((child) => child.failure()).find((reason) => reason !== null) ?? payment.failure(),
    captures: async () => {
      await using ledger = openLedger({ databaseUrl: paymentDatabase })
      const entries = await ledger?.readLedger({ after: firstId, upTo: lastId })
      return (entries ?? []).reduce((sum, { captures }) => sum + captures, 0)
    },
    attemptedAgain: () => attemptedAgain(paymentDatabase),
    check: () => system.check(),
    [Symbol.asyncDispose]: () => rest.disposeAsync(),
  }
}

/** Replaces the payment process by one with these variables. */
const replacePayment = async ({ processes }: System): Promise<{ payment: Instances; amqpUrl: string }> => {
  const usual = processes.find(({ name }) => name === 'payment')?.child
  if (!usual) throw new Error('The system has no payment process.')
  await usual.stop()
  const { env } = usual.command
  const payment = openInstances({ ...usual.command, env: { ...env, ...paymentVariables } })
  await payment.resize(1)
  for (const url of payment.urls) await untilReady(url, [])
  return { payment, amqpUrl: env['AMQP_URL'] ?? '' }
}

const firstId = '00000000-0000-0000-0000-000000000000'
const lastId = 'ffffffff-ffff-ffff-ffff-ffffffffffff'
