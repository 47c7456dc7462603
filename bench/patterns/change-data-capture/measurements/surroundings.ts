/** The surroundings of each measured relay: a database and a virtual host of its own. */
import { randomUUID } from 'node:crypto'
import { outboxMigrations } from '@quadrille/outbox'
import { type DatabasePool, migrate, openDatabase } from '@quadrille/postgres'
import { waitUntil } from '@quadrille/testing/waiting'
import type { PostgresServer } from '../../../src/systems/postgres.ts'
import type { Servers } from '../../../src/systems/servers.ts'
import { type Consumer, startConsumer } from '../consumer.ts'
import type { RelayName } from '../relays/relays.ts'
import { dropSlot } from '../relays/slot.ts'
import type { ServiceOptions } from '../service/protocol.ts'
import { type Service, startService } from '../service/start.ts'
import { workTable } from '../service/store.ts'

interface OutboxDatabase extends AsyncDisposable {
  readonly url: string
  readonly database: DatabasePool
}

/** An empty outbox in a database of its own. */
const createOutbox = async (postgres: PostgresServer): Promise<OutboxDatabase> => {
  const name = `outbox_${randomUUID().slice(0, 8)}`
  await postgres.create([name])
  const url = postgres.urlOf(name)
  await migrate(url, outboxMigrations)
  const database = openDatabase({
    url,
    applicationName: 'bench',
    idleInTransactionMs: 30_000,
    onIdleError: () => undefined,
  })
  await database.query(workTable)
  return {
    url,
    database,
    [Symbol.asyncDispose]: async () => {
      const dropped = () =>
        dropSlot(database).then(
          () => true,
          () => false,
        )
      await waitUntil(dropped, { what: 'the end of the slot' }) // the server notices the end of its reader later
      await database.end()
      await postgres.session.query(`drop database ${name} with (force)`)
    },
  }
}

export interface RelayUnderTest extends AsyncDisposable {
  readonly name: RelayName
  readonly database: DatabasePool
  readonly consumer: Consumer
  service: Service
  /** Starts the service again, after it was killed. */
  restart(): Promise<void>
}

/** Starts a service with one of the relays, and a consumer of its messages. */
export const startRelay = async (servers: Servers, relay: RelayName): Promise<RelayUnderTest> => {
  const postgres = await servers.postgres('logical')
  const outbox = await createOutbox(postgres)
  const vhost = await (await servers.broker()).createVhost()
  const options: ServiceOptions = { relay, databaseUrl: outbox.url, amqpUrl: vhost.url }
  const service = await startService(options)
  const consumer = await startConsumer(vhost.url)
  const started: RelayUnderTest = {
    name: relay,
    database: outbox.database,
    consumer,
    service,
    restart: async () => {
      started.service = await startService(options)
    },
    [Symbol.asyncDispose]: async () => {
      await started.service.kill()
      await consumer.close()
      await vhost.drop()
      await outbox[Symbol.asyncDispose]()
    },
  }
  return started
}

/** Resolves when a message has arrived for each row of the state. @throws if one is lost. */
export const untilAllArrived = async ({ database, consumer }: RelayUnderTest): Promise<number> => {
  const rows = await database.query<{ id: string }>('select id from work')
  const haveArrived = () => rows.every(({ id }) => consumer.received.has(id))
  await waitUntil(haveArrived, { interval: 20, what: 'the messages of all rows' })
  return rows.length
}

/** Resolves when the relay has also deleted all rows, which it does after the confirms. */
export const untilDeleted = ({ database }: RelayUnderTest) =>
  waitUntil(async () => (await database.query('select from outbox limit 1')).length === 0, {
    interval: 20,
    what: 'an empty outbox',
  })
