/** Runs the tracker on its own broker and database, with a publisher for any message. */

import {
  amqpBroker,
  type Broker,
  directExchange,
  eventAddress,
  eventsExchange,
  inProcessBroker,
  type WireMessage,
} from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { type Database, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, createVhost, type Template } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { inject } from 'vitest'
import { startService } from '../../src/index.ts'
import { migrateAll } from '../../src/tools.ts'
import { aParcel, type DataOf, type Message, newParcelId } from '../post.ts'
import { checkStatus, type OpenApi } from './check-status.ts'
import { type Faults, noFaults, tracked, trackerService } from './tracker-service.ts'

interface Answer {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into bodies of any shape
  readonly body: any
}

export interface Tracker {
  readonly faults: Faults
  /** The parcels whose tasks were performed. */
  readonly done: readonly string[]
  readonly database: Database
  readonly databaseUrl: string
  /** The service's current URL, which changes with a restart. */
  readonly url: () => string
  /** The log lines, as JSON. */
  readonly log: readonly Record<string, unknown>[]
  /** Sends a message to the inbox through the fanout exchange. Resolves after its confirm. */
  send(message: Partial<WireMessage>): Promise<void>
  /** Sends a message of the tracker to one of its queues, through its outbox. `crashes`: how many it has caused. Default 0. */
  sendTo(queue: string, message: Message, crashes?: number): Promise<void>
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  metrics(): Promise<string>
  restart(env?: Record<string, string>): Promise<void>
  end(): Promise<void>
}

export const brokers = {
  'the in-process broker': () => Promise.resolve({ broker: inProcessBroker({ onError: () => undefined }), drop }),
  RabbitMQ: async () => {
    const vhost = await createVhost(inject('rabbitmqUrl'))
    return { broker: amqpBroker(vhost.url, { onError: () => undefined }), drop: vhost.drop }
  },
} as const

const drop = () => Promise.resolve()

/** The same for each tracker. */
let documented: OpenApi | undefined

const template: Template = { name: 'tracker', fill: (url) => migrateAll(url, tracked) }

/** Starts the tracker. A failed message is parked at the first attempt, and none lingers, unless `env` says otherwise. */
export const openTracker = async (kind: keyof typeof brokers, env: Record<string, string> = {}): Promise<Tracker> => {
  const test = await createTestDatabase(inject('postgresUrl'), template)
  const { broker, drop: dropBroker } = await brokers[kind]()
  const faults = noFaults()
  const done: string[] = []
  const log: Record<string, unknown>[] = []
  const logger = pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line)) })
  const start = (more: Record<string, string> = {}) =>
    startService(trackerService(faults, done), {
      broker,
      env: { DATABASE_URL: test.url, MIGRATE: 'off', PORT: '0', RETRY_ATTEMPTS: '1', LINGER_MS: '0', ...env, ...more },
      log: logger,
      sampleLoadEveryMs: 100,
    })
  let service = await start()
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(service.url + path, init)
    documented ??= (await (await fetch(`${service.url}/openapi.json`)).json()) as OpenApi
    checkStatus(documented, { method: init.method ?? 'GET', path, status: response.status })
    return { status: response.status, headers: response.headers, body: await response.json() }
  }
  const database = openDatabase({
    url: test.url,
    applicationName: 'test',
    max: 2,
    idleInTransactionMs: 60_000, // a test works elsewhere during its transaction
    onIdleError: () => undefined,
  })
  const publisher = await publisherOn(broker)
  return {
    faults,
    done,
    log,
    database,
    databaseUrl: test.url,
    url: () => service.url,
    send: (message) => publisher.publish(eventAddress('counter'), { ...blank, ...message }),
    sendTo: async (queue, { id, type, subject, ...content }, crashes = 0) => {
      const [exchange, body] = [directExchange('tracker'), JSON.stringify({ id, type, subject, ...content })]
      await database.query(
        `insert into outbox (id, type, subject, exchange, routing_key, body, leased_until, deaths)
         values ($1, $2, $3, $4, $5, $6, now(), $7)`,
        [id, type, subject, exchange, queue, body, crashes],
      )
    },
    call: (method, path, body, headers) =>
      ask(path, {
        method,
        ...(headers && { headers }),
        ...(body !== undefined && json(JSON.stringify(body), headers)),
      }),
    metrics: async () => (await fetch(`${service.url}/metrics`)).text(),
    restart: async (more) => {
      await service.stop()
      service = await start(more)
    },
    end: async () => {
      await service.stop()
      await broker.close()
      await database.end()
      await test.drop()
      await dropBroker()
    },
  }
}

const json = (body: string, headers: Record<string, string> = {}): RequestInit => ({
  body,
  headers: { 'content-type': 'application/json', ...headers },
})

/** Joins the broker as the counter, and waits until the tracker is bound to its events. */
const publisherOn = async (broker: Broker) => {
  const { publisher } = broker.join(
    {
      service: 'counter',
      essential: true,
      events: eventsExchange('counter'),
      direct: directExchange('counter'),
      fanout: null,
      queues: [],
      deadLetterQueue: 'counter.dead',
      requiredInboxes: ['tracker.inbox'],
    },
    memoryStores(),
  )
  await waitUntil(() => publisher.waitingFor() === null)
  return publisher
}

const blank: WireMessage = {
  id: '',
  type: '',
  correlationId: '',
  appId: 'counter',
  contentType: 'application/cloudevents+json',
  timestamp: new Date('2026-01-01T12:00:00Z'),
  body: Buffer.alloc(0),
  headers: {},
}

/** The message on the wire. */
export const onTheWire = (message: Message, changed: object = {}): Partial<WireMessage> => ({
  id: message.id,
  type: message.type,
  correlationId: message.subject,
  body: Buffer.from(JSON.stringify({ ...message, ...changed })),
  headers: { traceparent: message.traceparent ?? '' },
})

export const aToll = (parcelId = newParcelId()): DataOf<'TollPaid'> => ({
  ...{ parcelId, amount: 4_500 },
})

export const aParcelOf = (senderId: string, parcelId = newParcelId()): DataOf<'ParcelSent'> => {
  const parcel = aParcel(parcelId, 'pin_secret')
  return { ...parcel, sender: { ...parcel.sender, id: senderId } }
}
