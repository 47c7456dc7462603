/** Starts the product in the measured mode: as one process by `npm start`, or as a process per service over RabbitMQ. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@quadrille/embedded-postgres'
import { mapServicesAsync, type ServiceName, serviceNames } from '@quadrille/events'
import { startServiceProcess } from '@quadrille/shop-testing'
import { createVhost, startRabbitMq } from '@quadrille/testing'
import { Client } from 'pg'
import { freePort, startScript, untilReady } from './children.ts'

export const modes = ['embedded', 'rabbitmq'] as const
export type Mode = (typeof modes)[number]

export interface System {
  readonly urls: Readonly<Record<ServiceName, string>>
  readonly databases: Readonly<Record<ServiceName, string>>
  stop(): Promise<void>
}

type Product = Pick<System, 'urls' | 'stop'>
type Variables = Readonly<Record<string, string>>

export interface SystemOptions {
  readonly mode: Mode
  /** Processes of each service, with RabbitMQ only. Requests go to the first process. Default 1. */
  readonly instances?: number
  readonly variables?: Variables
}

/**
 * Starts a new system: its own Postgres with the settings of `npm start`, empty databases, and the product's processes.
 */
export const startSystem = async ({ mode, instances = 1, variables = {} }: SystemOptions): Promise<System> => {
  const directory = await mkdtemp(join(tmpdir(), 'quadrille-bench-'))
  await chmod(directory, 0o755) // if root starts it, Postgres runs as another user, who needs access to the directory
  const postgres = await startEmbeddedPostgres({ directory, log: () => undefined })
  const product = await start[mode](postgres, { instances, variables })
  await Promise.all(serviceNames.map((name) => untilReady(product.urls[name])))
  return {
    urls: product.urls,
    databases: await mapServicesAsync(async (name) => databaseUrl(postgres, name)),
    stop: async () => {
      await product.stop()
      await postgres.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

type ProductOptions = Required<Omit<SystemOptions, 'mode'>>

const startBroker = async () => {
  const server = await startRabbitMq()
  const vhost = await createVhost(server.url)
  return {
    url: vhost.url,
    stop: async () => {
      await vhost.drop()
      await server.stop()
    },
  }
}

const startEmbedded = async (postgres: EmbeddedPostgres, { variables }: ProductOptions): Promise<Product> => {
  const ports = await mapServicesAsync(freePort)
  const child = startScript('local/src/main.ts', {
    ...variables,
    DATABASE_URL: postgres.url,
    ...Object.fromEntries(serviceNames.map((name) => [`${name.toUpperCase()}_PORT`, String(ports[name])])),
  })
  return { urls: await mapServicesAsync(async (name) => `http://127.0.0.1:${ports[name]}`), stop: () => child.stop() }
}

const startOverRabbitMq = async (
  postgres: EmbeddedPostgres,
  { instances, variables }: ProductOptions,
): Promise<Product> => {
  const broker = await startBroker()
  await createDatabases(postgres)
  const startOne = (name: ServiceName) =>
    startServiceProcess(name, { ...variables, DATABASE_URL: databaseUrl(postgres, name), AMQP_URL: broker.url })
  const processes = await mapServicesAsync(startOne)
  const otherProcesses = await Promise.all(
    serviceNames.flatMap((name) => Array.from({ length: instances - 1 }, () => startOne(name))),
  )
  return {
    urls: await mapServicesAsync(async (name) => processes[name].url),
    stop: async () => {
      await Promise.all([...Object.values(processes), ...otherProcesses].map((instance) => instance.end()))
      await broker.stop()
    },
  }
}

const start = { embedded: startEmbedded, rabbitmq: startOverRabbitMq }

const createDatabases = async (postgres: EmbeddedPostgres): Promise<void> => {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  for (const name of serviceNames) await client.query(`create database quadrille_${name}`)
  await client.end()
}

const databaseUrl = (postgres: EmbeddedPostgres, service: ServiceName): string => {
  const url = new URL(postgres.url)
  url.pathname = `/quadrille_${service}`
  return url.href
}
