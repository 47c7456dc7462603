/**
 * An instance of an older version has parked messages that the running instance can read. Uses Postgres only.
 */

import { encode } from '@quadrille/events'
import { inProcessBroker } from '@quadrille/messaging'
import { type Database, openDatabase } from '@quadrille/postgres'
import { startService } from '@quadrille/service'
import { aMessage, anOrder } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, inject, it, onTestFinished } from 'vitest'
import { order } from '../src/service.ts'

const log = pino({ level: 'silent' })

/** Parks a message as an instance of an older version does. */
const park = async (sql: Database, body: Uint8Array, queue = 'order.inbox'): Promise<string> => {
  const [letter] = await sql.query<{ id: string }>(
    `insert into dead_letter (id, message_id, type, queue, reason, error, attempts, first_failed_at, last_failed_at, message, headers, body, exchange)
     values (gen_random_uuid(), gen_random_uuid(), 'InventoryReleased', $2, 'future_version', '', 1, now(), now(),
             '{"id": "", "type": "InventoryReleased", "correlationId": "", "appId": "inventory", "contentType": "", "timestamp": "2026-01-01T12:00:00Z"}', '{}', $1, 'inventory.events')
     returning id`,
    [Buffer.from(body), queue],
  )
  return letter?.id ?? ''
}

it('dead letters of a newer version are replayed without a restart, unless they are unreadable or their queue is gone', async () => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), order)
  onTestFinished(drop)
  const broker = inProcessBroker({ onError: (error) => log.error(error) })
  onTestFinished(() => broker.close())
  const env = { DATABASE_URL: url, PORT: '0' }
  const service = await startService(order, { broker, log, env, replayReadableEveryMs: 100 })
  onTestFinished(() => service.stop())
  const sql = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => sql.end())
  const { orderId } = anOrder()
  const readable = Buffer.from(encode(aMessage('InventoryReleased', { orderId, lines: [] }), {}))
  const envelope = JSON.parse(Buffer.from(readable).toString())
  const unreadable = Buffer.from(JSON.stringify({ ...envelope, schemaversion: 99 }))
  const statuses = () =>
    sql.query<{ id: string; status: string }>('select id, status from dead_letter order by parked_at')
  for (let round = 1; round <= 2; round += 1) {
    await sql.query('delete from dead_letter')
    const ids = [await park(sql, unreadable), await park(sql, readable, 'order.gone'), await park(sql, readable)]
    await waitFor(async () =>
      expect(await statuses()).toEqual([
        { id: ids[0], status: 'parked' },
        { id: ids[1], status: 'parked' },
        { id: ids[2], status: 'replayed' },
      ]),
    )
  }
})
