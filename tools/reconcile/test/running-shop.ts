/** The shop in one process on given databases. Tests stop and start it repeatedly. */
import { type ByService, mapServices, mapServicesAsync, type ServiceName, serviceNames, shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { amqpBroker, inProcessBroker } from '@quadrille/messaging'
import type { StartOptions } from '@quadrille/service'
import { createLogger } from '@quadrille/service/tools'
import { openShop, type Shop } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { expect } from 'vitest'
import { rowsOf } from './older-database.ts'

/** A database for each service, and a function that drops them. */
export const createDatabases = async (serverUrl: string) => {
  const created = await mapServicesAsync((service) => createServiceDatabase(serverUrl, definitions[service]))
  const databases: ByService<string> = mapServices((service) => created[service].url)
  const drop = () => Promise.all(Object.values(created).map((database) => database.drop()))
  return { databases, drop }
}

/**
 * Expects that all sent messages were handled, except for those that other messages have caused in the meantime: the outboxes are
 * read one after the other, so one that was read as empty may have a message by the time that the last one is read.
 */
export const expectEmptyOutboxes = async (databases: ByService<string>): Promise<void> => {
  for (const service of serviceNames) expect(await rowsOf(databases[service], 'select type from outbox')).toEqual([])
}

export interface RunningShop extends Shop {
  /** The URL of a service. That of one which does not run refuses connections. */
  urlOf(service: ServiceName): string
  /** The status of a payment; null if payment has no record of the order. */
  payment(orderId: string): Promise<string | null>
  /** Stops these services, by default all, and with the last of them the broker. */
  stop(...names: ServiceName[]): Promise<void>
}

const log = createLogger('fatal', shop) // failures here are intended

export interface ShopOptions {
  readonly databases: ByService<string>
  /** Uses RabbitMQ if there is a URL. */
  readonly amqpUrl?: string | undefined
  /** The services to start. Default all. */
  readonly only?: readonly ServiceName[]
}

export const startShop = async ({ databases, amqpUrl, only = serviceNames }: ShopOptions): Promise<RunningShop> => {
  const onError = (err: unknown) => log.error({ err }, 'the broker')
  const broker = amqpUrl === undefined ? inProcessBroker({ onError }) : amqpBroker(amqpUrl, { onError })
  const on = (name: ServiceName): StartOptions => ({
    ...{ broker, log },
    env: { DATABASE_URL: databases[name], PORT: '0', ORDER_CHECK: 'off' }, // some SKUs do not exist
  })
  const start = async (name: ServiceName) => [name, await definitions[name].start(on(name))] as const
  const running = new Map(await Promise.all(only.map(start)))
  const urlOf = (name: ServiceName) => running.get(name)?.url ?? 'http://127.0.0.1:1'
  const urls = { order: urlOf('order'), payment: urlOf('payment'), inventory: urlOf('inventory') }
  const shop = openShop(urls)
  return {
    ...shop,
    urlOf,
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
