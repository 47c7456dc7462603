/** The services on Postgres, two instances of each, without a broker. The test reads their outboxes. */
import { decode, type Message, mapServicesAsync, type ServiceName, shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { Relay } from '@quadrille/outbox'
import { type Database, openDatabase } from '@quadrille/postgres'
import type { ServiceDefinition } from '@quadrille/service'
import { createPostgresAvailability, createReactor, createTracing, type Reactor } from '@quadrille/service/tools'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { now } from './run.ts'

export interface PostgresService extends AsyncDisposable {
  readonly url: string
  readonly database: Database
  readonly instances: readonly [Reactor, Reactor]
  /** Takes all messages out of the outbox, in the order of their rows. */
  takeOutbox(): Promise<Message[]>
}

export type PostgresServices = Readonly<Record<ServiceName, PostgresService>>

export const openServices = async (serverUrl: string): Promise<PostgresServices> =>
  mapServicesAsync((name) => definitions[name].apply((definition) => openService(serverUrl, definition)))

const openService = async <State, Config>(
  serverUrl: string,
  definition: ServiceDefinition<State, Config>,
): Promise<PostgresService> => {
  const { url, drop } = await createServiceDatabase(serverUrl, definition)
  const database = openDatabase({ url, applicationName: 'histories', onIdleError: () => undefined })
  return {
    url,
    database,
    instances: [instanceOf(definition, database), instanceOf(definition, database)],
    takeOutbox: () => takeOutbox(database),
    [Symbol.asyncDispose]: async () => {
      await database.end()
      await drop()
    },
  }
}

const instanceOf = <State, Config>(
  { language, model, tables, reactions }: ServiceDefinition<State, Config>,
  database: Database,
): Reactor =>
  createReactor({
    language,
    model,
    reactions,
    database,
    relay: relayOf(model.name, database),
    tables,
    publishVersions: {},
    maxSize: 1_000,
    fullSize: 1_000,
    now: () => now,
    availability: createPostgresAvailability({ signal: neverStops, onOutage: rethrow, onStatementFault: rethrow }),
    tracing: createTracing({ service: model.name, system: 'none', now: () => now }),
  })

const rethrow = (error: unknown): never => {
  throw error
}

const neverStops = new AbortController().signal

/** Inserts into the outbox, and publishes nothing. */
const relayOf = (service: string, database: Database): Relay =>
  new Relay({
    database,
    service,
    redactText: shop.redactText,
    publisher: {
      publish: () => Promise.reject(new Error('Nothing is published here.')),
      waitingFor: () => 'the history, which reads the table',
      outboxAsQueue: null,
    },
    onError: () => undefined,
    storeUnsendable: () => Promise.resolve(),
  })

const takeOutbox = async (database: Database): Promise<Message[]> => {
  const rows = await database.query<{ seq: number; body: string }>('delete from outbox returning seq, body')
  return rows.sort((a, b) => a.seq - b.seq).map(({ body }) => decode(Buffer.from(body)).message)
}
