/** A service logs in as a role that does not own its tables. */
import { randomUUID } from 'node:crypto'
import { shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { runMigrations } from '@quadrille/service'
import { createLogger } from '@quadrille/service/tools'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, onTestFinished, test, vi } from 'vitest'

const open = (url: string) => openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })

const order = {
  customer: { id: 'ada', email: 'ada@example.com' },
  currency: 'EUR',
  lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_250 }],
  payment: { method: 'pm_card_visa' },
}

test('a role with the grants can run the service, but cannot change the schema or the record of operations', async () => {
  const owned = await createTestDatabase(inject('postgresUrl'))
  const owner = open(owned.url)
  const role = `worker_${randomUUID().replaceAll('-', '')}`
  await owner.query(`create role ${role} login password 'worker'`)
  const url = Object.assign(new URL(owned.url), { username: role, password: 'worker' }).href
  onTestFinished(async () => {
    await owner.query(`drop owned by ${role}`)
    await owner.query(`drop role ${role}`)
    await owner.end()
    await owned.drop()
  })
  vi.stubEnv('DATABASE_URL', owned.url)
  vi.stubEnv('GRANT_TO', role)
  onTestFinished(() => void vi.unstubAllEnvs())
  await definitions.order.apply(runMigrations)

  const broker = inProcessBroker({ onError: () => undefined })
  onTestFinished(() => broker.close())
  const env = { DATABASE_URL: url, MIGRATE: 'off', PORT: '0' }
  const service = await definitions.order.start({ broker, log: createLogger('silent', shop), env })
  const body = JSON.stringify(order)
  const headers = { 'content-type': 'application/json' }
  expect((await fetch(`${service.url}/orders`, { method: 'POST', headers, body })).status).toBe(202)
  await service.stop()

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
