/** Starts the product on empty databases: in one process, or as a process per service over RabbitMQ. */
import { type Queues, queueDepths } from '@quadrille/audit'
import { type ByService, mapServices, mapServicesAsync, type ServiceName, shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { inProcessBroker } from '@quadrille/messaging'
import { createLogger } from '@quadrille/service/tools'
import { type ShopUrls, startServiceProcess } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost } from '@quadrille/testing'

export interface System {
  readonly urls: ShopUrls
  readonly databases: ByService<string>
  /** The URL of RabbitMQ, if the system uses it. */
  readonly amqpUrl?: string
  /** Stops the services, and resolves to the exit codes of their processes. Their data stays. */
  stop(): Promise<readonly (number | null)[]>
  /** The number of messages in each queue of RabbitMQ. Empty without RabbitMQ. */
  queues(): Promise<Queues>
  /** Kills remaining processes, and drops the databases and the virtual host. */
  drop(): Promise<void>
}

type Variables = Readonly<Record<string, string>>

const openOrdersExpireAfter = { ORDER_TTL: '30s' }

/** All services in one process, like `npm start`. `replaced`: the definitions that take the place of the shop's own. */
export const startInOneProcess = async (
  postgresUrl: string,
  replaced: Partial<typeof definitions> = {},
): Promise<System> => {
  const { urls: databases, drop } = await createDatabases(postgresUrl)
  const log = createLogger('error', shop)
  const broker = inProcessBroker({ onError: (err) => log.error({ err }, 'the retry store') })
  const envOf = (name: ServiceName): Variables => ({
    DATABASE_URL: databases[name],
    PORT: '0',
    ...(name === 'order' && openOrdersExpireAfter),
  })
  const defined = { ...definitions, ...replaced }
  const services = await mapServicesAsync((name) => defined[name].start({ broker, log, env: envOf(name) }))
  return {
    urls: mapServices((name) => services[name].url),
    databases,
    stop: async () => {
      await Promise.all(Object.values(services).map((service) => service.stop()))
      await broker.close()
      return []
    },
    queues: async () => new Map(),
    drop,
  }
}

export interface ProcessVariables extends Partial<Readonly<Record<ServiceName, Variables>>> {
  /** Variables of all services. */
  readonly common?: Variables
  /** Called with each line of their logs. */
  readonly onLine?: (line: string) => void
}

/** Starts a process for each service over RabbitMQ, in a new virtual host, with these variables. */
export const startProcesses = async (
  postgresUrl: string,
  rabbitmqUrl: string,
  { common = {}, onLine, ...own }: ProcessVariables = {},
): Promise<System> => {
  const { urls: databases, drop } = await createDatabases(postgresUrl)
  const vhost = await createVhost(rabbitmqUrl)
  const variables = { order: openOrdersExpireAfter, ...own }
  const start = (name: ServiceName) =>
    startServiceProcess(
      name,
      { DATABASE_URL: databases[name], AMQP_URL: vhost.url, LOG_LEVEL: 'info', ...common, ...variables[name] },
      onLine && { onLine },
    )
  const started = await mapServicesAsync(start)
  const services = Object.values(started)
  return {
    urls: mapServices((name) => started[name].url),
    databases,
    amqpUrl: vhost.url,
    stop: () => Promise.all(services.map((service) => service.end())),
    queues: () => queueDepths(vhost.url),
    drop: async () => {
      await Promise.all(services.map((service) => service.end('SIGKILL'))) // after a failed test some may still run
      await vhost.drop()
      await drop()
    },
  }
}

const createDatabases = async (serverUrl: string) => {
  const created = await mapServicesAsync((name) => createServiceDatabase(serverUrl, definitions[name]))
  return {
    urls: mapServices((name) => created[name].url),
    drop: async () => {
      await Promise.all(Object.values(created).map((database) => database.drop()))
    },
  }
}
