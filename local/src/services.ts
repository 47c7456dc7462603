/** The four services in one process, over one broker. */

import { inventory } from '@quadrille/inventory'
import { amqpBroker, type Broker, inProcessBroker } from '@quadrille/messaging'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import { type Environment, type RunningService, startService } from '@quadrille/service'
import type { Logger } from 'pino'
import type { Options } from './options.ts'
import type { Part } from './parts.ts'

export const serviceNames = ['order', 'payment', 'inventory', 'notification'] as const

export type ServiceName = (typeof serviceNames)[number]

export interface ServicesOptions {
  readonly options: Options
  /** Of each service's database. */
  readonly databases: ReadonlyMap<ServiceName, string>
  /** What the user has set: variables of the services are taken from it. */
  readonly env: Environment
  readonly log: Logger
  readonly signal: AbortSignal
}

export interface Services extends Part {
  readonly urls: Readonly<Record<ServiceName, string>>
}

/** Starts all of them at once; they find each other. */
export const startServices = async ({ options, databases, env, log, signal }: ServicesOptions): Promise<Services> => {
  const broker = openBroker(options, log)
  const surroundings = (name: ServiceName) => ({
    broker,
    log,
    signal,
    env: instead(env, { ...ownVariables(name, options), DATABASE_URL: databases.get(name) }),
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

const openBroker = ({ AMQP_URL }: Options, log: Logger): Broker => {
  const onError = (err: unknown, step: string) => log.warn({ err, step }, 'the broker: trying again')
  return AMQP_URL === undefined ? inProcessBroker({ onError }) : amqpBroker(AMQP_URL, { onError })
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
  PAYMENT_URL: `http://${reachable(options.HOST)}:${options.PAYMENT_PORT}`,
  INVENTORY_URL: `http://${reachable(options.HOST)}:${options.INVENTORY_PORT}`,
})

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
