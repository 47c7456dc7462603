/** The changes of the outbox that Debezium gets by deploy/debezium. Debezium itself does not run here. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { eventAddress } from '@quadrille/messaging'
import { insertOutbox, outboxMigrations } from '@quadrille/outbox'
import { type DatabasePool, migrate, openDatabase, run } from '@quadrille/postgres'
import { aMessage, aPlacedOrder } from '@quadrille/shop-testing'
import { Client } from 'pg'
import { type Pgoutput, PgoutputPlugin } from 'pg-logical-replication'
import { afterAll, beforeAll, expect, it } from 'vitest'
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

/** The changes that the slot has delivered for the publication. */
const readChanges = async () => {
  const { rows } = await reader.query<{ data: Buffer }>(
    `select data from pg_logical_slot_get_binary_changes($1, null, null, 'proto_version', '1', 'publication_names', $2)`,
    [slot, config['publication.name']],
  )
  const plugin = new PgoutputPlugin({ protoVersion: 1, publicationNames: [] })
  const messages = rows.map(({ data }) => plugin.parse(data) as Pgoutput.Message)
  return messages.filter((message) => ['insert', 'update', 'delete'].includes(message.tag)) as Pgoutput.MessageInsert[]
}

it('delivers the inserted events, with the columns that the configuration names, and nothing else', async () => {
  const events = [anEvent(), { ...anEvent(), traceparent: undefined }]
  const aTask = { ...anEvent(), id: randomUUID(), to: { exchange: 'payment.direct', routingKey: 'payment.tasks' } }
  await run(database, insertOutbox([...events, aTask], { leased: 1, leaseMs: 5_000 }))
  const replay = `insert into outbox (id, type, subject, exchange, routing_key, body, message, bytes, leased_until)
    values (gen_random_uuid(), 'OrderPlaced', gen_random_uuid(), 'order.events', '', '', '{}', '', now())`
  for (const text of [replay, 'update outbox set leased_until = now()', 'delete from outbox'])
    await database.query(text)
  const option = (name: string) => config[`transforms.outbox.${name}`] ?? ''
  const headers = option('table.fields.additional.placement')
    .split(',')
    .map((each) => each.replace(/:header$/, ''))
  const delivered = (await readChanges()).map(({ tag, new: row }) => ({
    tag,
    id: row[option('table.field.event.id')],
    key: row[option('table.field.event.key')],
    payload: row[option('table.field.event.payload')],
    topic: row[option('route.by.field')],
    headers: Object.fromEntries(headers.map((name) => [name, row[name]])),
  }))
  expect(delivered).toEqual(
    events.map(({ id, type, subject, body, traceparent = null }) => ({
      ...{ tag: 'insert', id, key: subject, payload: body, topic: 'order.events' },
      headers: { type, traceparent },
    })),
  )
})
