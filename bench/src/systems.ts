/** The two ways to run the product that are measured: `npm start`'s process, and four processes over RabbitMQ. */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '@quadrille/postgres/embedded'
import { createVhost, startRabbitMq } from '@quadrille/testing'
import { Client } from 'pg'
import { type Child, freePort, startScript, untilReady } from './children.ts'

const services = ['order', 'payment', 'inventory', 'notification'] as const
type Service = (typeof services)[number]

export const modes = ['embedded', 'rabbitmq'] as const
export type Mode = (typeof modes)[number]

export interface System {
  readonly orderUrl: string
  readonly inventoryUrl: string
  readonly orderDatabase: string
  /** Of the product's own processes. */
  readonly pids: readonly number[]
  stop(): Promise<void>
}

/** Starts everything new: an own Postgres with the settings of `npm start`, empty databases, and the product's processes. */
export const startSystem = async (mode: Mode): Promise<System> => {
  const directory = await mkdtemp(join(tmpdir(), 'quadrille-bench-'))
  await chmod(directory, 0o755) // started by root, the server runs as somebody else, who must get in
  const postgres = await startEmbeddedPostgres({ directory, log: () => undefined })
  const ports = Object.fromEntries(await Promise.all(services.map(async (name) => [name, await freePort()]))) as Record<
    Service,
    number
  >
  const broker = mode === 'embedded' ? null : await startBroker()
  const children = broker ? await startProcesses(postgres, broker.url, ports) : [startEmbedded(postgres, ports)]
  await Promise.all(services.map((name) => untilReady(`http://127.0.0.1:${ports[name]}`)))
  return {
    orderUrl: `http://127.0.0.1:${ports.order}`,
    inventoryUrl: `http://127.0.0.1:${ports.inventory}`,
    orderDatabase: databaseUrl(postgres, 'order'),
    pids: children.map(({ pid }) => pid),
    stop: async () => {
      await Promise.all(children.map((child) => child.stop()))
      await broker?.stop()
      await postgres.stop()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

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

const startEmbedded = (postgres: EmbeddedPostgres, ports: Record<Service, number>): Child =>
  startScript('local/src/main.ts', {
    DATABASE_URL: postgres.url,
    ...Object.fromEntries(services.map((name) => [`${name.toUpperCase()}_PORT`, String(ports[name])])),
  })

const startProcesses = async (
  postgres: EmbeddedPostgres,
  amqpUrl: string,
  ports: Record<Service, number>,
): Promise<Child[]> => {
  const client = new Client({ connectionString: postgres.url })
  await client.connect()
  for (const name of services) await client.query(`create database quadrille_${name}`)
  await client.end()
  return services.map((name) =>
    startScript(`services/${name}/src/main.ts`, {
      DATABASE_URL: databaseUrl(postgres, name),
      AMQP_URL: amqpUrl,
      PORT: String(ports[name]),
      LOG_LEVEL: 'warn',
    }),
  )
}

const databaseUrl = (postgres: EmbeddedPostgres, service: Service): string => {
  const url = new URL(postgres.url)
  url.pathname = `/quadrille_${service}`
  return url.href
}
