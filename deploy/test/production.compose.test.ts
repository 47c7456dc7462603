/** With real passwords: the order service takes an order that ends, and nobody gets in with the passwords of the demo. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openDatabase } from '@quadrille/postgres'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Compose, compose, orderMugs } from './compose.ts'

const script = new URL('../src/secrets.ts', import.meta.url).pathname
const parent = mkdtempSync(join(tmpdir(), 'quadrille-'))
const folder = join(parent, 'secrets')

const overrides = ['docker-compose.yml', 'deploy/compose.production.yml']

const soon = { timeout: 120_000, interval: 500 }

let project: Compose

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [script, folder])
  project = await compose({ files: overrides, env: { SECRETS: folder, MAIL_FROM: 'shop@example.com' } })
  await project.run('up', '--detach', 'postgres', 'rabbitmq', 'order', 'payment', 'inventory', 'notification')
})

afterAll(async () => {
  await project.down()
  rmSync(parent, { recursive: true })
})

test.each([
  ['secrets', { SECRETS: '' }, /must be a folder that npm run secrets has made/],
  ['a sender of emails', { MAIL_FROM: '' }, /must be the sender of emails/],
])('it does not start without %s', async (_, env, message) => {
  const without = await compose({ files: overrides, env: { SECRETS: folder, MAIL_FROM: 'shop@example.com', ...env } })
  await expect(without.run('config')).rejects.toThrow(message)
})

test('the notification service starts once it is said that there is no mail server', async () => {
  const log = () => project.run('logs', 'notification')
  await vi.waitFor(async () => expect(await log()).toContain('SMTP_URL is wrong: must be as in smtp://'), soon)
  writeFileSync(join(folder, 'notification', 'smtp-url'), '')
  await project.run('restart', 'notification')
})

test('an order is settled, its emails are kept, and there is no demo catalog', async () => {
  const url = `http://${await project.place('order', 3000)}`
  const id = await vi.waitFor(() => orderMugs(url, 1), soon)
  const order = async () => (await fetch(`${url}/orders/${id}`)).json()
  const expected = { settled: true, cancellation: { reason: 'out_of_stock' }, payment: { status: 'refunded' } }
  await vi.waitFor(async () => expect(await order()).toMatchObject(expected), soon)
  const list = `http://${await project.place('notification', 3000)}/notifications?orderId=${id}`
  const notifications = async () => (await fetch(list)).json()
  const kept = { items: expect.arrayContaining([expect.objectContaining({ text: expect.any(String) })]) }
  await vi.waitFor(async () => expect(await notifications()).toMatchObject(kept), soon)
})

test('the passwords of the demo let nobody in', async () => {
  const place = await project.place('postgres', 5432)
  const enter = async (password: string) => {
    const url = `postgres://order:${password}@${place}/quadrille_order`
    const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
    try {
      await database.query('select 1')
    } finally {
      await database.end()
    }
  }
  await enter(readFileSync(join(folder, 'postgres', 'order'), 'utf8').trim())
  await expect(enter('order-demo')).rejects.toMatchObject({ code: '28P01' }) // invalid_password
  const page = `http://${await project.place('rabbitmq', 15672)}/api/whoami`
  const statusFor = async (user: string, password: string) =>
    (await fetch(page, { headers: { authorization: `Basic ${btoa(`${user}:${password}`)}` } })).status
  expect(await statusFor('operator', readFileSync(join(folder, 'operator'), 'utf8').trim())).toBe(200)
  expect(await statusFor('operator', 'operator-demo')).toBe(401)
  expect(await statusFor('guest', 'guest')).toBe(401) // RabbitMQ's own, which it makes where no definitions are loaded
})
