/** Moves a shop in production to an empty Postgres, with the commands of the pages. Its passwords have been changed before. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { serviceNames } from '@quadrille/events'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { type Compose, compose, orderMugs } from './compose.ts'
import { read } from './files.ts'

const script = new URL('../src/secrets.ts', import.meta.url).pathname
const parent = mkdtempSync(join(tmpdir(), 'quadrille-'))
const secrets = join(parent, 'secrets')
const backup = join(parent, 'backup')
const files = ['docker-compose.yml', 'deploy/compose.production.yml']
const soon = { timeout: 240_000, interval: 500 }

let project: Compose

/** The commands in the blocks of a page. */
const commandsOf = (page: string): string[] =>
  [...read(page).matchAll(/^ *```sh\n(.*?)^ *```/gms)].flatMap(([, block = '']) =>
    block.split('\n').flatMap((line) => line.trim() || []),
  )

beforeAll(async () => {
  await promisify(execFile)(process.execPath, [script, secrets])
  writeFileSync(join(secrets, 'notification', 'smtp-url'), '')
  project = await compose({ files, env: { SECRETS: secrets, MAIL_FROM: 'shop@example.com' } })
  await project.run('up', '--detach', 'postgres', 'rabbitmq', ...serviceNames)
})

afterAll(async () => {
  await project.down()
  rmSync(parent, { recursive: true })
})

const orderUrl = async () => `http://${await project.addressOf('order', 3000)}`

const untilFulfilled = (id: string) =>
  vi.waitFor(async () => {
    const order = await (await fetch(`${await orderUrl()}/orders/${id}`)).json()
    expect(order).toMatchObject({ status: 'fulfilled', settled: true })
  }, soon)

test('a settled order may have a message in RabbitMQ, which the page on its upgrade waits for', async () => {
  const [command = ''] = commandsOf('docs/rabbitmq-versions.md')
  expect(command).toMatch(/^rabbitmqctl list_queues /)
  const waiting = async () =>
    (await project.run('exec', '-T', 'rabbitmq', ...command.split(' ')))
      .split('\n')
      .filter((line) => /^\S+\t[1-9]\d*$/.test(line))
  const headers = { 'content-type': 'application/json' }
  const setStock = () => project.fetchIn('inventory', '/stock/mug', { method: 'PUT', headers, body: '{"onHand":9}' })
  await vi.waitFor(setStock, soon)
  await vi.waitFor(async () => expect((await fetch(`${await orderUrl()}/orders`)).status).toBe(200), soon)
  await vi.waitFor(() => project.fetchIn('shipping', '/shipments'), soon) // its inbox exists
  await project.run('stop', 'shipping')
  await untilFulfilled(await orderMugs(await orderUrl(), 1))
  await vi.waitFor(async () => expect(await waiting()).toEqual([expect.stringMatching(/^shipping\.inbox\t/)]), soon)
  await project.run('start', 'shipping')
  await vi.waitFor(async () => expect(await waiting()).toEqual([]), soon)
}, 600_000)

/** As docs/secrets.md describes it. */
const changePassword = async (role: string): Promise<void> => {
  const change = `alter role ${role} password 'changed-${role}'`
  await project.run('exec', '-T', 'postgres', 'psql', '--no-psqlrc', '-U', 'postgres', '-c', change)
  const file = join(secrets, 'postgres', role)
  const url = join(secrets, role.replace('_owner', '-migration'), 'database-url')
  writeFileSync(url, readFileSync(url, 'utf8').replace(readFileSync(file, 'utf8').trim(), `changed-${role}`))
  writeFileSync(file, `changed-${role}\n`)
}

test('an order in progress, files of photos and changed passwords survive the move to an empty Postgres', async () => {
  const writeFiles =
    'mkdir -p /data/photos/a/b /data/photos/a/incoming; touch /data/photos/a/b/photo /data/photos/a/incoming/part'
  await project.run('exec', '-T', 'inventory', 'sh', '-c', writeFiles)
  await changePassword('payment')
  await changePassword('payment_owner')
  await project.run('restart', 'payment')
  await project.run('stop', 'inventory')
  const id = await vi.waitFor(async () => orderMugs(await orderUrl(), 2), soon)

  const backUp = commandsOf('docs/backup-and-restore.md').find((command) => command.startsWith('(set -e;')) ?? ''
  for (const command of commandsOf('docs/postgres.md')) {
    if (command.startsWith('docker compose rm '))
      await project.shell(backUp.replace('backup-$(date +%F-%H%M%S)', backup))
    await project.shell(
      `folder=${backup}; ${command.replace('quadrille_postgres', `${process.env['COMPOSE_PROJECT_NAME']}_postgres`)}`,
    )
    if (command.includes(' up '))
      await vi.waitFor(async () => expect(await project.health('postgres')).toEqual(['healthy']), soon)
  }
  await project.run('up', '--detach', 'postgres', 'rabbitmq', ...serviceNames)

  await untilFulfilled(id)
  const { stdout } = await promisify(execFile)('tar', ['-tf', join(backup, 'photos.tar')])
  expect(stdout).toContain('./photos/a/b/photo\n')
  expect(stdout).not.toContain('incoming')
}, 600_000)
