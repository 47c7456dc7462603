/** The product, started in its two ways, on empty databases of its own. */

import { type Databases, type Queues, queueDepths } from '@quadrille/audit'
import { shop } from '@quadrille/events'
import { inventory } from '@quadrille/inventory'
import { inProcessBroker } from '@quadrille/messaging'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { createLogger, startService } from '@quadrille/service'
import {
  createTestDatabase,
  createVhost,
  type ShopUrls,
  startServiceProcess,
  type TestDatabase,
} from '@quadrille/testing'

export interface System {
  readonly urls: ShopUrls
  readonly databases: Databases
  /** Of the broker, where it is not in the process. */
  readonly amqpUrl?: string
  /** Stops the services, and resolves to the exit codes of their processes. What they left stays to be looked at. */
  stop(): Promise<readonly (number | null)[]>
  /** How many messages lie in each queue of the broker, if it has any of its own. */
  queues(): Promise<Queues>
  /** Deletes the databases, and what else there is. */
  drop(): Promise<void>
}

const openOrdersExpireAfter = { ORDER_TTL: '30s' }

/** All services in one process, as `npm start` has them. */
export const startInOneProcess = async (postgresUrl: string): Promise<System> => {
  const { urls: databases, drop } = await createDatabases(postgresUrl)
  const log = createLogger('error', shop)
  const broker = inProcessBroker({ onError: (err) => log.error({ err }, 'the retry store') })
  const surroundings = (database: string, more = {}) => ({
    broker,
    log,
    env: { DATABASE_URL: database, PORT: '0', ...more },
  })
  const services = await Promise.all([
    startService(order, surroundings(databases.order, openOrdersExpireAfter)),
    startService(payment, surroundings(databases.payment)),
    startService(inventory, surroundings(databases.inventory)),
    startService(notification, surroundings(databases.notification)),
  ])
  const [ofOrder, ofPayment, ofInventory] = services
  return {
    urls: { order: ofOrder.url, payment: ofPayment.url, inventory: ofInventory.url },
    databases,
    stop: async () => {
      await Promise.all(services.map((service) => service.stop()))
      await broker.close()
      return []
    },
    queues: async () => new Map(),
    drop,
  }
}

export interface ProcessVariables {
  readonly order?: Readonly<Record<string, string>>
  readonly payment?: Readonly<Record<string, string>>
  /** Of all of them. */
  readonly common?: Readonly<Record<string, string>>
  /** Told each line of their logs. */
  readonly onLine?: (line: string) => void
}

/** Four processes over RabbitMQ, in a virtual host of their own, with these variables. */
export const startFourProcesses = async (
  postgresUrl: string,
  rabbitmqUrl: string,
  { order = openOrdersExpireAfter, payment = {}, common = {}, onLine }: ProcessVariables = {},
): Promise<System> => {
  const { urls: databases, drop } = await createDatabases(postgresUrl)
  const vhost = await createVhost(rabbitmqUrl)
  const start = (name: keyof Databases, more = {}) =>
    startServiceProcess(
      name,
      { DATABASE_URL: databases[name], AMQP_URL: vhost.url, LOG_LEVEL: 'info', ...common, ...more },
      onLine && { onLine },
    )
  const services = await Promise.all([
    start('order', order),
    start('payment', payment),
    start('inventory'),
    start('notification'),
  ])
  const [ofOrder, ofPayment, ofInventory] = services
  return {
    urls: { order: ofOrder.url, payment: ofPayment.url, inventory: ofInventory.url },
    databases,
    amqpUrl: vhost.url,
    stop: () => Promise.all(services.map((service) => service.end())),
    queues: () => queueDepths(vhost.url),
    drop: async () => {
      await Promise.all(services.map((service) => service.end('SIGKILL'))) // those that a failed test has left
      await vhost.drop()
      await drop()
    },
  }
}

const createDatabases = async (serverUrl: string) => {
  const create = () => createTestDatabase(serverUrl)
  const [order, payment, inventory, notification] = await Promise.all([create(), create(), create(), create()])
  const all: readonly TestDatabase[] = [order, payment, inventory, notification]
  return {
    urls: { order: order.url, payment: payment.url, inventory: inventory.url, notification: notification.url },
    drop: async () => {
      await Promise.all(all.map((database) => database.drop()))
    },
  }
}
