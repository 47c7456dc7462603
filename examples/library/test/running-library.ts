/** The services on real databases, over a broker that publishes every message twice. */
import { amqpBroker, type Broker, inProcessBroker, type Participant, type Publisher } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { createLogger, type RunningService, startService } from '@quadrille/service'
import { createTestDatabase, createVhost } from '@quadrille/testing'
import { inject } from 'vitest'
import { catalog } from '../src/catalog/service.ts'
import { library } from '../src/language/library.ts'
import { loans } from '../src/loans/service.ts'
import { members } from '../src/members/service.ts'

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

const services = { loans, catalog, members } as const
export type ServiceName = keyof typeof services

/** Opens a library with these brokers. */
export const openLibrary = async (name: BrokerName) => {
  const { broker, drop } = await brokers[name]()
  const repeating = publishingTwice(broker)
  const databases = {
    loans: await createTestDatabase(inject('postgresUrl')),
    catalog: await createTestDatabase(inject('postgresUrl')),
    members: await createTestDatabase(inject('postgresUrl')),
  }
  const start = (service: ServiceName): Promise<RunningService> => {
    const options = { broker: repeating, log, env: { DATABASE_URL: databases[service].url, PORT: '0' } }
    switch (service) {
      case 'loans':
        return startService(loans, options)
      case 'catalog':
        return startService(catalog, options)
      case 'members':
        return startService(members, options)
    }
  }
  const running = { loans: await start('loans'), catalog: await start('catalog'), members: await start('members') }
  const call = async (service: ServiceName, method: string, path: string, body?: object) => {
    const response = await fetch(running[service].url + path, {
      method,
      ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  return {
    call,
    /** Stops a service and starts it again. What it held is delivered again. */
    restart: async (service: ServiceName) => {
      await running[service].stop()
      running[service] = await start(service)
    },
    rows: async <Row extends object>(service: ServiceName, text: string): Promise<Row[]> => {
      const database = openDatabase({
        url: databases[service].url,
        applicationName: 'test',
        max: 1,
        onIdleError: onError,
      })
      try {
        return await database.query<Row>(text)
      } finally {
        await database.end()
      }
    },
    close: async () => {
      await Promise.all(Object.values(running).map((service) => service.stop()))
      await broker.close()
      await Promise.all(Object.values(databases).map((database) => database.drop()))
      await drop()
    },
  }
}

/** The same broker, but all that is published through it is published twice. */
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

/** The target with some of its members replaced. The others see the target itself as `this`. */
const withMethods = <Target extends object>(target: Target, replaced: Partial<Target>): Target =>
  new Proxy(target, {
    get: (_, key) => {
      const value: unknown = Reflect.get(key in replaced ? replaced : target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
