/** A service logs in as a role that does not own its tables. */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { promisify } from 'node:util'
import { openDatabase } from '@quadrille/postgres'
import { startServiceProcess } from '@quadrille/shop-testing'
import { createTestDatabase, createVhost } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'

const root = new URL('../../', import.meta.url).pathname
const open = (url: string) => openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })

const order = {
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_250 }],
  payment: { method: 'pm_card_visa' },
}

test('a role with the grants can run the service, but cannot change the schema or the record of operations', async () => {
  const [owned, vhost] = await Promise.all([
    createTestDatabase(inject('postgresUrl')),
    createVhost(inject('rabbitmqUrl')),
  ])
  const owner = open(owned.url)
  const role = `worker_${randomUUID().replaceAll('-', '')}`
  await owner.query(`create role ${role} login password 'worker'`)
  const url = Object.assign(new URL(owned.url), { username: role, password: 'worker' }).href
  onTestFinished(async () => {
    await owner.query(`drop owned by ${role}`)
    await owner.query(`drop role ${role}`)
    await owner.end()
    await Promise.all([owned.drop(), vhost.drop()])
  })
  const env = { ...process.env, DATABASE_URL: owned.url, GRANT_TO: role }
  await promisify(execFile)(process.execPath, ['services/order/src/migrate.ts'], { cwd: root, env })

  const service = await startServiceProcess('order', { DATABASE_URL: url, AMQP_URL: vhost.url, MIGRATE: 'off' })
  const body = JSON.stringify(order)
  const headers = { 'content-type': 'application/json' }
  expect((await fetch(`${service.url}/orders`, { method: 'POST', headers, body })).status).toBe(202)
  expect(await service.end()).toBe(0)

  const worker = open(url)
  onTestFinished(() => worker.end())
  await worker.query('select from dead_letter_operation')
  await worker.query("insert into operation (operation, operator) values ('cancel', 'an operator')")
  await worker.query('select from outbox_migration, order_migration')
  for (const forbidden of [
    'drop table dead_letter',
    'alter table customer_order add column mine text',
    'create table mine (id int)',
    "update dead_letter_operation set operator = 'another operator'",
    'delete from dead_letter_operation',
    "update operation set operator = 'another operator'",
    'delete from operation',
    "update operation_outcome set outcome = 'refused'",
    'delete from operation_outcome',
    'delete from order_migration',
    'delete from service',
    "update service set name = 'payment'",
    "insert into outbox_migration (name, run_on) values ('9999_mine', now())",
    "update outbox_migration set name = 'mine'",
  ])
    await expect(worker.query(forbidden), forbidden).rejects.toMatchObject({ code: '42501' }) // insufficient_privilege
})
