/** The four services in one process, over one broker. */

import { inventory } from '@quadrille/inventory'
import { amqpBroker, type Broker, inProcessBroker } from '@quadrille/messaging'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { type Environment, type RunningService, reportBroker, reportStores, startService } from '@quadrille/service'
import type { Logger } from 'pino'
import type { Admin } from './admin.ts'
import type { Options } from './options.ts'
import type { Part } from './parts.ts'
import { type Unready, unreadinessOf } from './unready.ts'

export const serviceNames = ['order', 'payment', 'inventory', 'notification'] as const

export type ServiceName = (typeof serviceNames)[number]

export interface ServicesOptions {
  readonly options: Options
  /** Of each service's database. */
  readonly databases: ReadonlyMap<ServiceName, string>
  /** What the user has set: variables of the services are taken from it. */
  readonly env: Environment
  readonly log: Logger
  /** Writes a line for the person at the terminal. */
  readonly warn: (line: string) => void
  readonly signal: AbortSignal
  /** Where ADMIN_PORT is set. */
  readonly admin: Admin | undefined
}

export interface Services extends Part {
  readonly urls: Readonly<Record<ServiceName, string>>
  /** Each service that isn't ready; none where all are. */
  unready(): Promise<Map<ServiceName, Unready>>
}

/** Starts all of them at once; they find each other. */
export const startServices = async ({
  options,
  databases,
  env,
  log,
  warn,
  signal,
  admin,
}: ServicesOptions): Promise<Services> => {
  const broker = openBroker(options, { log, warn })
  const surroundings = (name: ServiceName) => ({
    broker,
    log,
    signal,
    admin,
    env: instead(env, {
      ...ownVariables(name, options),
      ...peerUrls(options, admin),
      DATABASE_URL: databases.get(name),
    }),
  })
  const starting = [
    startService(order, surroundings('order')),
    startService(payment, surroundings('payment')),
    startService(inventory, surroundings('inventory')),
    startService(notification, surroundings('notification')),
  ]
  const started = await allOrNone(starting, broker)
  const urlOf = (name: ServiceName) => started.find((service) => service.name === name)?.url ?? ''
  return {
    name: 'services',
    urls: {
      order: urlOf('order'),
      payment: urlOf('payment'),
      inventory: urlOf('inventory'),
      notification: urlOf('notification'),
    },
    unready: () => unreadyOf(started),
    stop: async () => {
      await Promise.all(started.map((service) => service.stop()))
      await broker.close()
    },
  }
}

/** Where one can't be started the others are stopped again. */
const allOrNone = async (starting: readonly Promise<RunningService>[], broker: Broker): Promise<RunningService[]> => {
  try {
    return await Promise.all(starting)
  } catch (error) {
    const results = await Promise.allSettled(starting)
    await Promise.all(results.map((result) => result.status === 'fulfilled' && result.value.stop()))
    await broker.close()
    throw error
  }
}

const openBroker = ({ AMQP_URL }: Options, { log, warn }: Pick<ServicesOptions, 'log' | 'warn'>): Broker =>
  AMQP_URL === undefined
    ? inProcessBroker({ onError: reportStores(log) })
    : amqpBroker(AMQP_URL, { onError: reportBroker({ url: AMQP_URL, log, write: warn }) })

const unreadyOf = async (started: readonly RunningService[]): Promise<Map<ServiceName, Unready>> => {
  const all = new Map<ServiceName, Unready>()
  for (const service of started) {
    const unready = unreadinessOf(await service.readiness())
    const name = serviceNames.find((known) => known === service.name)
    if (name !== undefined && unready !== null) all.set(name, unready)
  }
  return all
}

/** Ours count, however the user has set them. */
const instead = (env: Environment, own: Environment): Environment => ({
  ...env,
  ...own,
  ...Object.fromEntries(Object.keys(own).map((name) => [`${name}_FILE`, undefined])),
})

const ownVariables = (name: ServiceName, options: Options): Environment => ({
  HOST: options.HOST,
  PORT: String(options[portVariables[name]]),
  SEED: options.SEED,
  LOG_LEVEL: options.LOG_LEVEL,
  PUBLISH_VERSIONS: pairsOf(options.PUBLISH_VERSIONS),
})

/** Where the order service asks the others. */
const peerUrls = ({ HOST, PAYMENT_PORT, INVENTORY_PORT }: Options, admin: Admin | undefined): Environment => {
  const at = (port: number | string) => `http://${reachable(HOST)}:${port}`
  if (!admin) return { PAYMENT_URL: at(PAYMENT_PORT), INVENTORY_URL: at(INVENTORY_PORT) }
  const below = at(new URL(admin.url).port)
  return { PAYMENT_URL: `${below}/payment`, INVENTORY_URL: `${below}/inventory` }
}

const pairsOf = (versions: Options['PUBLISH_VERSIONS']): string =>
  Object.entries(versions)
    .map(([type, version]) => `${type}:${version}`)
    .join(',')

/** An address that stands for all of this machine's is none to connect to. */
const reachable = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

const portVariables = {
  order: 'ORDER_PORT',
  payment: 'PAYMENT_PORT',
  inventory: 'INVENTORY_PORT',
  notification: 'NOTIFICATION_PORT',
} as const satisfies Record<ServiceName, keyof Options>
