/** With real passwords: an order is accepted and settled, and the passwords of the demo are rejected. */
import { execFile } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '@quadrille/embedded-postgres'
import { serviceNames } from '@quadrille/events'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { type Compose, compose, orderMugs } from './compose.ts'
import { read, root } from './files.ts'

const script = new URL('../src/secrets.ts', import.meta.url).pathname
const parent = mkdtempSync(join(tmpdir(), 'quadrille-'))
const folder = join(parent, 'secrets')

const overrides = ['docker-compose.yml', 'deploy/compose.production.yml']

const soon = { timeout: 120_000, interval: 500 }

let project: Compose

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [script, folder])
  project = await compose({ files: overrides, env: { SECRETS: folder, MAIL_FROM: 'shop@example.com' } })
  await project.run('up', '--detach', 'postgres', 'rabbitmq', ...serviceNames)
})

afterAll(async () => {
  await project.down()
  rmSync(parent, { recursive: true })
})

test.each([
  ['secrets', { SECRETS: '' }, /must be a folder that npm run secrets has created/],
  ['a sender of emails', { MAIL_FROM: '' }, /must be the sender of emails/],
])('Compose does not start without %s', async (_, env, message) => {
  const without = await compose({ files: overrides, env: { SECRETS: folder, MAIL_FROM: 'shop@example.com', ...env } })
  await expect(without.run('config')).rejects.toThrow(message)
})

test.each([
  ['a missing file', 'shipping', /shipping.*No such file or directory/],
  ['an unreadable file of the last role', 'audit', /audit.*Permission denied/],
])(
  'Postgres stays unhealthy after an initialisation interrupted by %s',
  async (_, file, reason) => {
    const incomplete = join(parent, 'incomplete')
    cpSync(folder, incomplete, { recursive: true })
    if (file === 'audit') chmodSync(join(incomplete, 'postgres', file), 0)
    else rmSync(join(incomplete, 'postgres', file))
    const name = `${process.env['COMPOSE_PROJECT_NAME']}-interrupted`
    const env = { COMPOSE_PROJECT_NAME: name, SECRETS: incomplete, MAIL_FROM: 'shop@example.com' }
    const strict = join(incomplete, 'strict.yml') // failed checks count from the beginning
    writeFileSync(strict, 'services: { postgres: { healthcheck: { start_period: 1s } } }')
    const interrupted = await compose({ files: [...overrides, strict], env })
    try {
      await interrupted.run('up', '--detach', 'postgres')
      const isReady = ['exec', '-T', 'postgres', 'pg_isready', '--host', '127.0.0.1']
      await vi.waitFor(() => interrupted.run(...isReady), soon) // it has restarted without an initialisation
      await vi.waitFor(async () => expect(await interrupted.health('postgres')).not.toEqual(['starting']), soon)
      expect(await interrupted.health('postgres')).toEqual(['unhealthy'])
      expect(await interrupted.run('logs', 'postgres')).toMatch(reason)
    } finally {
      await interrupted.down()
      rmSync(incomplete, { recursive: true })
    }
  },
  400_000,
)

test('the notification service starts once the file for the mail server is empty', async () => {
  const log = () => project.run('logs', 'notification')
  await vi.waitFor(async () => expect(await log()).toContain('SMTP_URL is wrong: must be like smtp://'), soon)
  writeFileSync(join(folder, 'notification', 'smtp-url'), '')
  await project.run('restart', 'notification')
})

test('there is no demo catalog, an order is settled, and its emails are stored', async () => {
  const url = `http://${await project.addressOf('order', 3000)}`
  const availability = async () => (await fetch(`${url}/availability?sku=mug`)).json()
  await vi.waitFor(async () => expect(await availability()).toMatchObject({ items: [{ known: false }] }), soon)
  const headers = { 'content-type': 'application/json' }
  await project.fetchIn('inventory', '/stock/mug', { method: 'PUT', headers, body: '{"onHand":1}' })
  const id = await vi.waitFor(() => orderMugs(url, 1), soon)
  const order = async () => (await fetch(`${url}/orders/${id}`)).json()
  const expected = { status: 'fulfilled', settled: true, payment: { status: 'captured' } }
  await vi.waitFor(async () => expect(await order()).toMatchObject(expected), soon)
  const notifications = () => project.fetchIn('notification', `/notifications?orderId=${id}`)
  const kept = { items: expect.arrayContaining([expect.objectContaining({ text: expect.any(String) })]) }
  await vi.waitFor(async () => expect(await notifications()).toMatchObject(kept), soon)
})

test('only the order service is published, and Grafana and the console if they run, the console on the loopback', async () => {
  const published = parse(await project.run('config')) as {
    readonly services: Readonly<Record<string, { readonly ports?: readonly { readonly host_ip?: string }[] }>>
  }
  const names = Object.entries(published.services).flatMap(([name, { ports = [] }]) => (ports.length > 0 ? [name] : []))
  expect(names.toSorted()).toEqual(['console', 'grafana', 'order'])
  expect(published.services['console']?.ports?.map((port) => port.host_ip ?? port)).toEqual([
    expect.stringMatching(/^127\.0\.0\.1(:|$)/),
  ])
})

test('the passwords of the demo are refused', async () => {
  const enter = (role: string, password: string) =>
    project.run(
      ...['exec', '-T', '-e', `PGPASSWORD=${password}`, 'postgres', 'psql', '--no-psqlrc', '-h', 'postgres'],
      ...['-U', role, '-d', 'quadrille_order', '-c', 'select 1'],
    )
  for (const role of ['order', 'order_owner', 'audit']) {
    await enter(role, readFileSync(join(folder, 'postgres', role), 'utf8').trim())
    await expect(enter(role, `${role}-demo`)).rejects.toThrow(/password authentication failed/)
  }
  const logIn = (user: string, password: string) =>
    project.run('exec', '-T', 'rabbitmq', 'rabbitmqctl', '--quiet', 'authenticate_user', user, password)
  await logIn('operator', readFileSync(join(folder, 'operator'), 'utf8').trim())
  await expect(logIn('operator', 'operator-demo')).rejects.toThrow(/failed to authenticate|Error/)
  // RabbitMQ itself creates guest if no definitions are loaded.
  await expect(logIn('guest', 'guest')).rejects.toThrow(/failed to authenticate|Error/)
})

test('a reconciliation runs on this machine, as its page describes', async () => {
  const port = await freePort()
  const env = { SECRETS: folder, MAIL_FROM: 'shop@example.com', POSTGRES_PORT: `${port}` }
  const published = await compose({ files: [...overrides, 'deploy/compose.ports.yml'], env })
  await published.run('up', '--detach', 'postgres')
  const [variables = ''] = /^for folder in.*$/m.exec(read('docs/reconcile.md')) ?? []
  const settings = variables.replaceAll('/etc/quadrille', folder)
  const dryRun = `${settings}\nnode run.mjs tools/reconcile/src/main.ts --dry-run`
  const options = { cwd: root, env: { ...process.env, ...env } }
  const printed = async () => (await promisify(execFile)('sh', ['-ec', dryRun], options)).stdout
  await vi.waitFor(async () => expect(await printed()).toBe('Nothing is missing.\n'), soon)
}, 400_000)
