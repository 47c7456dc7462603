/** Copies of real orders are what the product would have left: the audit holds, and the product goes on with them. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { timeMigrations } from '../../src/growth/migrations.ts'
import { onAll } from '../../src/growth/real-orders.ts'
import { realOrders } from '../../src/growth/stored.ts'
import { createStored } from '../../src/growth/templates.ts'
import { loads } from '../../src/plan/loads.ts'
import { runSession } from '../../src/session.ts'
import { audit } from '../../src/systems/audit.ts'
import type { PostgresServer } from '../../src/systems/postgres.ts'
import { openServers } from '../../src/systems/servers.ts'
import { mapMeasuredAsync, measuredServices } from '../../src/systems/services.ts'
import { workingTree } from '../../src/systems/version.ts'

const copies = 2 * realOrders
const stored = { orders: realOrders + copies, deadLetters: 50 }
const servers = openServers()
const lines: string[] = []
let postgres: PostgresServer

beforeAll(async () => {
  postgres = await servers.postgres('default')
  await createStored({ postgres, stored, report: (line) => lines.push(line) })
})
afterAll(() => servers[Symbol.asyncDispose]())

it('the audit holds on them', async () => {
  expect(lines).toEqual([
    expect.stringMatching(/^600 orders and 50 dead letters of each service stored in \d+ s: \d+ MB, /),
  ])
  expect(await audit(workingTree, { serverUrl: postgres.url, amqpUrl: null })).toBeNull()
})

/** The rows of each table of orders, by the age of their orders: real ones are the newest. */
it('each table has as many rows of copies as of the real orders', async () => {
  const counts = await onAll(postgres, (clients) =>
    mapMeasuredAsync(async (service) => {
      const { rows } = await clients[service].query<{ table: string; rows: number }>(
        `select relname as table, n.rows from pg_class, lateral (
           select (xpath('//rows/text()', query_to_xml('select count(*) as rows from ' || oid::regclass, true, true, '')))[1]
                  ::text::integer as rows
         ) as n where relkind = 'r' and relnamespace::regnamespace::text in ('public', 'gateway')
           and relname !~ 'migrations?$|^stock|^photo|^dead_letter|^(failed_attempt|operation)$|^(readable_version|broker_in_use|service)$'`,
      )
      return rows.filter((each) => each.table !== 'idempotency_key' && each.rows % 3 !== 0)
    }),
  )
  expect(Object.values(counts).flat()).toEqual([])
})

it('each event of a copy has an id of its own, which is the same in all services', async () => {
  await onAll(postgres, async ({ order, inventory }) => {
    const { rows: events } = await order.query<{ id: string; subject: string }>(
      'select id, order_id as subject from order_event',
    )
    expect(new Set(events.map(({ subject }) => subject)).size).toBe(stored.orders)
    const known = new Set(events.map(({ id }) => id))
    expect(known.size).toBe(events.length)
    const { rows } = await inventory.query<{ id: string }>('select id from inbox')
    expect(rows.filter(({ id }) => !known.has(id))).toEqual([])
  })
})

it('each service has the dead letters, each of another message', async () => {
  const counts = await onAll(postgres, (clients) =>
    Promise.all(
      measuredServices.map(async (service) => {
        const { rows } = await clients[service].query<{ letters: number }>(
          `select count(distinct message_id)::integer as letters from dead_letter
           where status = 'parked' and convert_from(body, 'UTF8')::json->>'id' = message_id`,
        )
        return rows[0]?.letters
      }),
    ),
  )
  expect(counts).toEqual([50, 50, 50, 50])
})

it('the product works with them', async () => {
  await postgres.dropAll()
  const row = { kind: 'product', id: 'stored', title: 'stored', mode: 'embedded', stored } as const
  const durations = { ms: 500, warmUpMs: 0 }
  const options = { servers, durations, knownRate: undefined, onResult: () => undefined }
  const [result] = await runSession(row, [loads.closed], options)
  expect(result?.figures.rate).toBeGreaterThan(0)
})

it('the migrations of all services can be undone and timed on them', async () => {
  await postgres.dropAll()
  const printed: string[] = []
  await timeMigrations(postgres, stored.orders, (line) => printed.push(line))
  expect(printed.at(-1)).toMatch(
    /^\| inventory +\| 0020_inbox_received_at +\| .*inbox: AccessExclusiveLock and ShareLock/m,
  )
  expect(await audit(workingTree, { serverUrl: postgres.url, amqpUrl: null })).toBeNull()
})
