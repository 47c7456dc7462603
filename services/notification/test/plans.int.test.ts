/** The statements read only the rows of their orders, in small and in large tables. Connections keep their plans. */
import { newOrderId } from '@quadrille/events'
import { type Database, migrate, openDatabase } from '@quadrille/postgres'
import { createTestDatabase, planSizes, statementsOf, wholeScansOf } from '@quadrille/testing'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { insertAddressees, lockAddressees, updateAddressees } from '../src/db/addressee-table.ts'
import {
  claimNotifications,
  findNotifications,
  findPending,
  insertNotifications,
  releaseNotifications,
  updateNotifications,
} from '../src/db/notification-table.ts'
import { notification } from '../src/service.ts'

let database: Database
let close: () => Promise<void>
beforeAll(async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  await migrate(url, notification.migrations)
  database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
  close = async () => {
    await database.end()
    await drop()
  }
})
afterAll(() => close())

const fillUpTo = async (count: number) => {
  const orders = `select gen_random_uuid() as id from generate_series((select count(*) + 1 from addressee), $1::integer)`
  await database.query(`insert into addressee (order_id, occasions) select id, '{}' from (${orders}) as orders`, [
    count,
  ])
  await database.query(
    `insert into notification (order_id, channel, occasion, status, attempts)
     select order_id, 'email', 'order_placed', 'sent', 1 from addressee on conflict do nothing`,
  )
}

const claimed = "(select current_setting('test.claimed')::uuid[])::uuid[]"
const key = { orderId: newOrderId(), channel: 'email', occasion: 'order_placed' } as const

describe.each(planSizes)('with $rows orders, analyzed: $analyzed', ({ rows, analyzed }) => {
  beforeAll(async () => {
    await fillUpTo(rows)
    if (analyzed) await database.query('analyze')
  })

  it('each statement reads by keys', async () => {
    const statements = [
      ...(await statementsOf((sql) => lockAddressees(sql, claimed))),
      ...(await statementsOf((sql) => findNotifications(sql, claimed))),
      ...(await statementsOf((sql) => claimNotifications(sql, [key], 1_000))),
      ...(await statementsOf((sql) => findPending(sql, [key]))),
      ...(await statementsOf((sql) => releaseNotifications(sql, [{ ...key, until: 'now' }]))),
      ...[insertAddressees([]), updateAddressees([]), insertNotifications([]), updateNotifications([])],
    ]
    expect(await wholeScansOf(database, statements)).toEqual([])
  })
})
