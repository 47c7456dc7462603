/** A shop in which each failure is a dead letter at once, and each open order is stuck. */
import { mapServices, mapServicesAsync, type ServiceName, serviceNames, shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { inProcessBroker } from '@quadrille/messaging'
import type { RunningService } from '@quadrille/service'
import { createLogger } from '@quadrille/service/tools'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import type { System } from '../systems.ts'

export interface FailingShop extends Pick<System, 'urls' | 'databases'> {
  stopService(name: ServiceName): Promise<void>
  stop(): Promise<void>
  /** Drops the databases. */
  drop(): Promise<void>
}

/** The order service starts last, because a diagnosis needs the addresses of the others. */
export const startFailingShop = async (postgresUrl: string): Promise<FailingShop> => {
  const databases = await mapServicesAsync((name) => createServiceDatabase(postgresUrl, definitions[name]))
  const log = createLogger('silent', shop)
  const broker = inProcessBroker({ onError: (err) => log.error({ err }, 'the retry store') })
  const start = (name: ServiceName, env: Readonly<Record<string, string>> = {}): Promise<RunningService> =>
    definitions[name].start({
      broker,
      log,
      env: { DATABASE_URL: databases[name].url, PORT: '0', RETRY_ATTEMPTS: '1', ...env },
    })
  const others = serviceNames.filter((name) => name !== 'order')
  const services = new Map(
    await Promise.all(others.map(async (name) => [name as ServiceName, await start(name)] as const)),
  )
  const urlOf = (name: ServiceName): string => services.get(name)?.url ?? ''
  const peers = { PAYMENT_URL: urlOf('payment'), INVENTORY_URL: urlOf('inventory') }
  services.set('order', await start('order', { STUCK_AFTER: '0s', ORDER_TTL: '60s', ...peers }))
  return {
    urls: mapServices(urlOf),
    databases: mapServices((name) => databases[name].url),
    stopService: async (name) => {
      const stopping = services.get(name)?.stop()
      services.delete(name)
      await stopping
    },
    stop: async () => {
      await Promise.all([...services.values()].map((service) => service.stop()))
      await broker.close()
    },
    drop: async () => {
      await Promise.all(Object.values(databases).map((database) => database.drop()))
    },
  }
}
