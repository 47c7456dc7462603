/** The services on real databases, over a broker that publishes every message twice. */
import { amqpBroker, type Broker, inProcessBroker, type Participant, type Publisher } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import type { RunningService } from '@quadrille/service'
import { createLogger } from '@quadrille/service/tools'
import { createTestDatabase, createVhost, type TestDatabase } from '@quadrille/testing'
import { inject } from 'vitest'
import { library } from '../src/language/library.ts'
import { type ServiceName, services } from '../src/services.ts'

const log = createLogger('silent', library)
const onError = () => undefined // the test looks at the outcome

export const brokers = {
  'the in-process broker': async () => ({ broker: inProcessBroker({ onError }), drop: async () => undefined }),
  RabbitMQ: async () => {
    const vhost = await createVhost(inject('rabbitmqUrl'))
    return { broker: amqpBroker(vhost.url, { onError }), drop: vhost.drop }
  },
} as const

export type BrokerName = keyof typeof brokers

/** Opens a library with this broker. */
export const openLibrary = async (name: BrokerName) => {
  const { broker, drop } = await brokers[name]()
  const repeating = publishingTwice(broker)
  const databases = new Map<string, TestDatabase>()
  const running = new Map<string, RunningService>()
  const start = async (service: string, begin: (typeof services)[ServiceName]) => {
    const DATABASE_URL = databases.get(service)?.url
    running.set(service, await begin({ broker: repeating, log, env: { DATABASE_URL, PORT: '0' } }))
  }
  for (const [service, begin] of Object.entries(services)) {
    databases.set(service, await createTestDatabase(inject('postgresUrl')))
    await start(service, begin)
  }
  const call = async (service: ServiceName, method: string, path: string, body?: object) => {
    const response = await fetch(`${running.get(service)?.url}${path}`, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return {
    call,
    /** Stops a service and starts it again. Its unacknowledged messages are redelivered. */
    restart: async (service: ServiceName) => {
      await running.get(service)?.stop()
      await start(service, services[service])
    },
    rows: async <Row extends object>(service: ServiceName, text: string): Promise<Row[]> => {
      const url = databases.get(service)?.url ?? ''
      const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: onError })
      try {
        return await database.query<Row>(text)
      } finally {
        await database.end()
      }
    },
    close: async () => {
      await Promise.all([...running.values()].map((service) => service.stop()))
      await broker.close()
      await Promise.all([...databases.values()].map((database) => database.drop()))
      await drop()
    },
  }
}

/** A broker that publishes every message twice through the given one. */
const publishingTwice = (broker: Broker): Broker =>
  withMethods(broker, {
    join: (...join: Parameters<Broker['join']>): Participant => {
      const participant = broker.join(...join)
      const { publisher } = participant
      const publish: Publisher['publish'] = async (...message) => {
        await publisher.publish(...message)
        await publisher.publish(...message)
      }
      return withMethods(participant, { publisher: withMethods(publisher, { publish }) })
    },
  })

/** The target with some of its members replaced. The other members still have the target as `this`. */
const withMethods = <Target extends object>(target: Target, replaced: Partial<Target>): Target =>
  new Proxy(target, {
    get: (_, key) => {
      const value: unknown = Reflect.get(key in replaced ? replaced : target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
