/** Debezium's outbox event router can read the outbox as it is. Debezium itself does not run here: its rules are applied. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { eventAddress } from '@quadrille/messaging'
import { insertOutbox, type Outgoing, outboxMigrations } from '@quadrille/outbox'
import { type DatabasePool, migrate, openDatabase, run } from '@quadrille/postgres'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { Client } from 'pg'
import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Change, routerOf } from '../../patterns/change-data-capture/debezium/event-router.ts'
import { type PostgresServer, startPostgres } from '../../src/systems/postgres.ts'

const read = (name: string) => readFileSync(new URL(`../../../deploy/debezium/${name}`, import.meta.url), 'utf8')
const { config } = JSON.parse(read('outbox.json')) as { config: Record<string, string> }
const { 'slot.name': slot, 'database.dbname': name = '' } = config

let server: PostgresServer
let database: DatabasePool
/** Debezium's session. */
let reader: Client

beforeAll(async () => {
  server = await startPostgres('logical')
  await server.create([name])
  const url = server.urlOf(name)
  await migrate(url, outboxMigrations)
  database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  reader = new Client({ connectionString: url })
  await reader.connect()
  await reader.query(read('outbox.sql'))
  await reader.query('set session authorization debezium') // from here on it has only the rights of this role
  await reader.query('select pg_create_logical_replication_slot($1, $2)', [slot, config['plugin.name']])
})
afterAll(async () => {
  await reader.end()
  await database.end()
  await server.stop()
})

const anEvent = () => {
  const envelope = aMessage('OrderPlaced', aPlacedOrder())
  const { id, type, subject } = envelope
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
  return { id, type, subject, to: eventAddress('order'), body: JSON.stringify(envelope), traceparent }
}

/** The changes that the slot has for a publication since the last call. */
const changesOf = async (publication = config['publication.name']) => {
  const { rows } = await reader.query<{ data: Buffer }>(
    `select data from pg_logical_slot_get_binary_changes($1, null, null, 'proto_version', '1', 'publication_names', $2)`,
    [slot, publication],
  )
  const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [] })
  const messages = rows.map(({ data }) => plugin.parse(data) as Pgoutput.Message)
  return messages.filter(({ tag }) => tag === 'insert' || tag === 'update' || tag === 'delete') as Change[]
}

const store = (messages: readonly Outgoing[]) => run(database, insertOutbox(messages, { rows: 1, ms: 5_000 }))

it('routes each event to the topic of its exchange, with the order as the key and the CloudEvent as the value', async () => {
  const events = [anEvent(), { ...anEvent(), traceparent: undefined }]
  const aTask = { ...anEvent(), id: randomUUID(), to: { exchange: 'payment.direct', routingKey: 'payment.tasks' } }
  await store([...events, aTask])
  await database.query(`insert into outbox (id, type, subject, exchange, routing_key, body, message, bytes, leased_until)
                        values (gen_random_uuid(), 'OrderPlaced', gen_random_uuid(), 'order.events', '', '', '{}', '', now())`)
  await database.query(`update outbox set leased_until = now()`)
  await database.query(`delete from outbox`)
  const records = (await changesOf()).map(routerOf(config))
  expect(records).toEqual(
    events.map(({ id, type, subject, body, traceparent = null }) => ({
      topic: 'order.events',
      key: subject,
      value: body,
      headers: { id, type, traceparent },
    })),
  )
})

it.each([
  ['table.field.event.timestamp', 'created_at', "Field 'created_at' is not of type INT64"],
  ['table.field.event.payload', 'payload', 'Unable to find payload field payload in event'],
  ['route.by.field', 'taken', "Field 'taken' is not of type STRING"],
  ['table.fields.additional.placement', 'tracestate:header', 'Unable to find additional field tracestate in event'],
  ['table.expand.json.payload', 'true', 'is not covered'],
])('refuses the option %s with %s', async (option, value, error) => {
  await store([anEvent()])
  const changes = await changesOf()
  expect(() => changes.map(routerOf({ ...config, [`transforms.outbox.${option}`]: value }))).toThrow(error)
})

it('drops the deletions of a publication with all changes, and refuses its updates', async () => {
  await database.query('delete from outbox')
  await database.query('create publication everything for table outbox')
  await changesOf('everything')
  await store([anEvent()])
  await database.query('delete from outbox')
  const [inserted, deleted] = (await changesOf('everything')).map(routerOf(config))
  expect([inserted?.topic, deleted]).toEqual(['order.events', null])
  await store([anEvent()])
  await database.query('update outbox set taken = false')
  const changes = await changesOf('everything')
  expect(() => changes.map(routerOf(config))).toThrow('Unexpected update message received')
})
