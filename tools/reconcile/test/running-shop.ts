/** The shop in one process, on databases that are handed to it; it is stopped and started again and again. */

import type { Databases } from '@quadrille/audit'
import { shop } from '@quadrille/events'
import { inventory } from '@quadrille/inventory'
import { amqpBroker, inProcessBroker } from '@quadrille/messaging'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { createLogger, type RunningService, type StartOptions, startService } from '@quadrille/service'
import { createTestDatabase, openShop, type Shop } from '@quadrille/testing'

export type Service = keyof Databases
export const services = ['order', 'payment', 'inventory', 'notification'] as const

/** A database for each service, and what drops them. */
export const createDatabases = async (serverUrl: string) => {
  const [ofOrder, ofPayment, ofInventory, ofNotification] = await Promise.all([
    createTestDatabase(serverUrl),
    createTestDatabase(serverUrl),
    createTestDatabase(serverUrl),
    createTestDatabase(serverUrl),
  ])
  const databases: Databases = {
    order: ofOrder.url,
    payment: ofPayment.url,
    inventory: ofInventory.url,
    notification: ofNotification.url,
  }
  const drop = () => Promise.all([ofOrder, ofPayment, ofInventory, ofNotification].map((database) => database.drop()))
  return { databases, drop }
}

export interface RunningShop extends Shop {
  /** The status of a payment; null where payment has never heard of the order. */
  payment(orderId: string): Promise<string | null>
  /** Stops these services, by default all, and with the last of them the broker. */
  stop(...names: Service[]): Promise<void>
}

const log = createLogger('fatal', shop) // what fails here is meant to

export interface ShopOptions {
  readonly databases: Databases
  /** Over RabbitMQ where there is a URL of one. */
  readonly amqpUrl?: string | undefined
  /** Those to start. Default all. */
  readonly only?: readonly Service[]
}

export const startShop = async ({ databases, amqpUrl, only = services }: ShopOptions): Promise<RunningShop> => {
  const onError = (err: unknown) => log.error({ err }, 'the broker')
  const broker = amqpUrl === undefined ? inProcessBroker({ onError }) : amqpBroker(amqpUrl, { onError })
  const on = (name: Service): StartOptions => ({ broker, log, env: { DATABASE_URL: databases[name], PORT: '0' } })
  const start: Record<Service, () => Promise<RunningService>> = {
    order: () => startService(order, on('order')),
    payment: () => startService(payment, on('payment')),
    inventory: () => startService(inventory, on('inventory')),
    notification: () => startService(notification, on('notification')),
  }
  const running = new Map(await Promise.all(only.map(async (name) => [name, await start[name]()] as const)))
  const urlOf = (name: Service) => running.get(name)?.url ?? 'http://127.0.0.1:1'
  const urls = { order: urlOf('order'), payment: urlOf('payment'), inventory: urlOf('inventory') }
  const shop = openShop(urls)
  return {
    ...shop,
    payment: async (orderId) => {
      const response = await fetch(`${urls.payment}/payments/${orderId}`)
      return response.ok ? ((await response.json()) as { status: string }).status : null
    },
    stop: async (...names) => {
      const stopping = [...running].filter(([name]) => names.length === 0 || names.includes(name))
      for (const [name] of stopping) running.delete(name)
      await Promise.all(stopping.map(([, service]) => service.stop()))
      if (running.size > 0 || stopping.length === 0) return
      shop.close()
      await broker.close()
    },
  }
}
