/** Starts the product in the measured form: in one process as `npm start` does, or as processes over RabbitMQ. */
import { freePort } from '@quadrille/embedded-postgres'
import { serviceFlags, type Vhost } from '@quadrille/testing'
import { audit, newestOrder, unfulfilled } from './audit.ts'
import type { Broker } from './broker.ts'
import { startChild } from './child.ts'
import type { PostgresServer } from './postgres.ts'
import { untilReady } from './ready.ts'
import { type MeasuredService, mapMeasured, mapMeasuredAsync, measuredServices, switches } from './services.ts'
import { databaseOf, type System, type SystemProcess, serviceDatabases } from './system.ts'
import type { Version } from './version.ts'

export const modes = ['embedded', 'rabbitmq'] as const
/** `embedded`: all services in one process, with the in-process broker. `rabbitmq`: a process for each service. */
export type Mode = (typeof modes)[number]

export interface ProductOptions {
  readonly version: Version
  readonly postgres: PostgresServer
  /** Processes of each service, over RabbitMQ only. */
  readonly instances: number
  /** Variables of all services. */
  readonly variables: Readonly<Record<string, string>>
  /** Creates the databases of all services. Default: empty ones. */
  readonly createDatabases?: () => Promise<void>
}

type Started = Pick<System, 'processes' | 'orderUrls' | 'metricsUrls' | 'vhost'> & {
  readonly urls: Readonly<Record<MeasuredService, string>>
  readonly amqpUrl: string | null
  dropVhost(): Promise<void>
}

export interface ProductSystem extends System {
  /** Of the first instance of each service. */
  readonly urls: Readonly<Record<MeasuredService, string>>
}

/**
 * Starts it with new databases. Resolves when it is ready.
 * @param broker - null starts it in one process
 */
export const startProduct = async (options: ProductOptions, broker: Broker | null): Promise<ProductSystem> => {
  const { postgres, version, createDatabases = () => postgres.create(serviceDatabases) } = options
  await postgres.dropAll() // a start that failed, or a stop, may have left some
  await createDatabases()
  const { urls, amqpUrl, dropVhost, ...started } =
    broker === null ? await startInOneProcess(options) : await startOverRabbitMq(options, await broker.createVhost())
  const children = started.processes.map(({ child }) => child)
  const stop = async () => {
    await Promise.all(children.map((child) => child.stop()))
    await dropVhost()
    await postgres.dropAll()
  }
  const database = postgres.urlOf(databaseOf('order'))
  const becomeReady = async () => {
    for (const url of started.metricsUrls) await untilReady(url, children)
    return newestOrder(database)
  }
  const stored = await becomeReady().catch(async (error: unknown) => {
    await stop()
    throw error
  })
  const audited = { serverUrl: postgres.url, amqpUrl }
  return {
    ...started,
    urls,
    stockUrl: urls.inventory,
    paymentUrl: urls.payment,
    database,
    check: async () => (await unfulfilled(database, stored)) ?? (await audit(version, audited)),
    audit: () => audit(version, audited),
    stop,
  }
}

const startInOneProcess = async (options: ProductOptions): Promise<Started> => {
  const { version, postgres, variables } = options
  const ports = await mapMeasuredAsync(freePort)
  const child = startChild({
    node: version.node,
    script: 'local/src/main.ts',
    cwd: version.root,
    env: {
      ...variables,
      ...{ ...switches, SEED: 'none', CONSOLE: 'off', DEMO: 'off', DATABASE_URL: postgres.url },
      ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [`${name.toUpperCase()}_PORT`, String(port)])),
    },
  })
  const urls = mapMeasured((name) => urlAt(ports[name]))
  const processes: readonly SystemProcess[] = [{ name: 'all services', kind: 'services', child }]
  return {
    urls,
    processes,
    orderUrls: [urls.order],
    metricsUrls: Object.values(urls),
    vhost: null,
    amqpUrl: null,
    dropVhost: async () => undefined,
  }
}

const startOverRabbitMq = async (options: ProductOptions, { name: vhost, url, drop }: Vhost): Promise<Started> => {
  const { version, postgres, instances, variables } = options
  const ports = await mapMeasuredAsync(() => Promise.all(Array.from({ length: instances }, freePort)))
  const diagnosis = { PAYMENT_URL: urlAt(ports.payment[0]), INVENTORY_URL: urlAt(ports.inventory[0]) }
  const start = (name: MeasuredService, port: number): SystemProcess => ({
    name,
    kind: 'services',
    child: startChild({
      node: version.node,
      flags: serviceFlags(version.root),
      script: `services/${name}/src/main.ts`,
      cwd: version.root,
      env: {
        ...{ ...diagnosis, ...variables },
        ...{ DATABASE_URL: postgres.urlOf(databaseOf(name)), AMQP_URL: url, PORT: String(port) },
      },
    }),
  })
  return {
    processes: measuredServices.flatMap((name) => ports[name].map((port) => start(name, port))),
    urls: mapMeasured((name) => urlAt(ports[name][0])),
    orderUrls: ports.order.map(urlAt),
    metricsUrls: measuredServices.flatMap((name) => ports[name].map(urlAt)),
    vhost,
    amqpUrl: url,
    dropVhost: drop,
  }
}

const urlAt = (port: number | undefined): string => `http://127.0.0.1:${port}`
