/** All services in one process, over one broker. */
import { join } from 'node:path'
import { urlVariableOf } from '@quadrille/console/config'
import {
  type ByRunningService,
  type Message,
  mapRunningServices,
  type ServiceName,
  serviceNames,
  shop,
} from '@quadrille/events'
import { amqpBroker, type Broker, inProcessBroker } from '@quadrille/messaging'
import type { Environment, OnCommitted, RunningService } from '@quadrille/service'
import { reportBroker, reportStores } from '@quadrille/service/tools'
import type { Logger } from 'pino'
import type { Admin } from './admin.ts'
import type { BoundService } from './bound-service.ts'
import { choosePorts } from './choose-ports.ts'
import { runsConsole } from './console.ts'
import { definitions } from './definitions.ts'
import { startOptionalFirst } from './optional-first.ts'
import { type Options, portVariableOf } from './options.ts'
import type { Part } from './parts.ts'
import { portOf } from './port-of.ts'
import { createServiceSet, type ServiceSet } from './service-set.ts'
import { type Unready, unreadinessOf } from './unready.ts'

export interface ServicesOptions {
  readonly options: Options
  /** The URL of each service's database. The other services are left out. */
  readonly databases: ReadonlyMap<ServiceName, string>
  /** The user's environment, including the variables of the services. */
  readonly env: Environment
  readonly log: Logger
  /** Writes a line to the terminal. Not used with LOG_FORMAT=json, which has all in the log. */
  readonly warn: (line: string) => void
  readonly signal: AbortSignal
  /** Stops everything and reports the error, because a service can't continue. */
  readonly stopWithError: (error: Error) => void
  /** Set if ADMIN_PORT is set. */
  readonly admin: Admin | undefined
  /** Definitions to start instead of the usual ones. Default: none. */
  readonly instead?: Readonly<Partial<Record<ServiceName, BoundService>>>
  /** Set if the terminal shows orders. */
  readonly onCommitted: OnCommitted<unknown, Message> | undefined
}

export interface Services extends Part, Pick<ServiceSet, 'isRunning' | 'stopOne' | 'startOne'> {
  readonly urls: ByRunningService<string>
  /** The services that are not ready. */
  unready(): Promise<Map<ServiceName, Unready>>
}

/** Starts the optional services, then the others, each group concurrently. */
export const startServices = async ({
  options: given,
  databases,
  env,
  log,
  warn,
  signal,
  stopWithError,
  admin,
  instead = {},
  onCommitted,
}: ServicesOptions): Promise<Services> => {
  const options = await choosePorts(given)
  const broker = openBroker(options, { log, warn })
  const running = [...databases.keys()]
  const start = (name: ServiceName, port: number) =>
    (instead[name] ?? definitions[name]).start({
      broker,
      log,
      signal,
      onFatal: stopWithError,
      onCommitted,
      admin,
      portVariable: portVariableOf(name),
      env: override(serviceEnvironment(options, env), {
        ...peerUrls(running, options, admin),
        PORT: String(port),
        DATABASE_URL: databases.get(name),
      }),
    })
  const starting = startOptionalFirst(running, (name) => start(name, options[portVariableOf(name)]))
  const started = await allOrNone(starting)
  const services = createServiceSet(started, start)
  return {
    urls: mapRunningServices(running, (name) => started.find((service) => service.name === name)?.url ?? ''),
    isRunning: services.isRunning,
    stopOne: async (name) => {
      await services.stopOne(name)
      admin?.unmount(name)
    },
    startOne: services.startOne,
    unready: () => unreadyOf(services.running()),
    stop: services.stop, // they leave the broker too, and wait only as long as a stop may take
  }
}

/** If a service can't be started, stops the others. */
const allOrNone = async (starting: readonly Promise<RunningService>[]): Promise<RunningService[]> => {
  try {
    return await Promise.all(starting)
  } catch (error) {
    const results = await Promise.allSettled(starting)
    await Promise.all(results.map((result) => result.status === 'fulfilled' && result.value.stop()))
    throw error
  }
}

const openBroker = ({ AMQP_URL, LOG_FORMAT }: Options, { log, warn }: Pick<ServicesOptions, 'log' | 'warn'>): Broker =>
  AMQP_URL === undefined
    ? inProcessBroker({ onError: reportStores({ log, language: shop }) })
    : amqpBroker(
        AMQP_URL,
        reportBroker({ url: AMQP_URL, log, language: shop, ...(LOG_FORMAT === 'text' && { write: warn }) }),
      )

const unreadyOf = async (started: readonly RunningService[]): Promise<Map<ServiceName, Unready>> => {
  const all = new Map<ServiceName, Unready>()
  for (const service of started) {
    const unready = unreadinessOf(await service.readiness())
    const name = serviceNames.find((known) => known === service.name)
    if (name !== undefined && unready !== null) all.set(name, unready)
  }
  return all
}

/** Replaces variables of the user, including those that name a file. */
const override = (env: Environment, own: Environment): Environment => ({
  ...env,
  ...own,
  ...Object.fromEntries(Object.keys(own).map((name) => [`${name}_FILE`, undefined])),
})

/** The user's variables with those of `npm start`, which are the same for all services. */
export const serviceEnvironment = (options: Options, env: Environment): Environment =>
  override(env, {
    HOST: options.HOST,
    SEED: options.SEED,
    ...(env['PHOTOS_DIR'] || env['PHOTOS_DIR_FILE'] ? {} : { PHOTOS_DIR: join(options.DATA_DIR, 'photos') }),
    LOG_LEVEL: options.LOG_LEVEL,
    PUBLISH_VERSIONS: pairsOf(options.PUBLISH_VERSIONS),
    CONSOLE_URL: consoleUrlOf(options),
  })

/** Undefined if there is no console, or if its port is not known yet. */
export const consoleUrlOf = (options: Options): string | undefined =>
  runsConsole(options) && options.CONSOLE_PORT !== 0
    ? `http://${hostToConnectTo(options.HOST)}:${options.CONSOLE_PORT}`
    : undefined

/** The URLs at which the services call each other. */
const peerUrls = (running: readonly ServiceName[], options: Options, admin: Admin | undefined): Environment => {
  const at = (port: number) => `http://${hostToConnectTo(options.HOST)}:${port}`
  const urlOf = (name: ServiceName) => (admin ? `${at(portOf(admin.url))}/${name}` : at(options[portVariableOf(name)]))
  return Object.fromEntries(running.map((name) => [urlVariableOf(name), urlOf(name)]))
}

const pairsOf = (versions: Options['PUBLISH_VERSIONS']): string =>
  Object.entries(versions)
    .map(([type, version]) => `${type}:${version}`)
    .join(',')

/** The host of the services' URLs. A wildcard address is replaced, because clients can't connect to it. */
const hostToConnectTo = (host: string): string => {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
