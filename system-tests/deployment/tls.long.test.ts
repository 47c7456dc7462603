/** The product with TLS to Postgres and RabbitMQ: with a private certificate authority, and with untrusted servers. */

import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { mapServices, mapServicesAsync, type ServiceName } from '@quadrille/events'
import { faultOf, openDatabase } from '@quadrille/postgres'
import { openShop, startServiceProcess, untilSettled } from '@quadrille/shop-testing'
import {
  createAuthority,
  createTestDatabase,
  type PrivateNode,
  startRabbitMqNode,
  startTlsPostgres,
  type TestPostgres,
} from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, expect, inject, onTestFinished, test } from 'vitest'

const root = new URL('../../', import.meta.url).pathname

let folder: string
let postgres: TestPostgres
let rabbitmq: PrivateNode

/** The certificate of the authority that issued the servers' certificates, and of another one. */
const files = () => ({ trusted: join(folder, 'ca.pem'), foreign: join(folder, 'foreign.pem') })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quadrille-tls-'))
  const [authority, other] = await Promise.all([createAuthority('ours'), createAuthority('another')])
  await writeFile(files().trusted, authority.certificate)
  await writeFile(files().foreign, other.certificate)
  const certificate = await authority.issueFor(['127.0.0.1'])
  const starting = [startTlsPostgres(certificate), startRabbitMqNode({ certificate })] as const
  ;[postgres, rabbitmq] = await Promise.all(starting)
})

afterAll(async () => {
  await Promise.all([postgres?.stop(), rabbitmq?.stop()])
  await rm(folder, { recursive: true })
})

/** The URL of an empty database, which is dropped after the test. */
const emptyDatabase = async (): Promise<string> => {
  const { url, drop } = await createTestDatabase(postgres.url)
  onTestFinished(() => drop())
  return url
}

const withTls = (databaseUrl: string): string => `${databaseUrl}?sslmode=verify-full`

const byAnotherName = (url: string): string => url.replace('@127.0.0.1:', '@localhost:')

const start = async (service: ServiceName, databaseUrl: string) => {
  const running = await startServiceProcess(service, {
    DATABASE_URL: withTls(databaseUrl),
    AMQP_URL: rabbitmq.tlsUrl,
    NODE_EXTRA_CA_CERTS: files().trusted,
  })
  onTestFinished(async () => void (await running.end('SIGKILL')))
  return running
}

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const runScript = (script: string, env: Readonly<Record<string, string>>): Promise<Ended> =>
  new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [script],
      { cwd: root, env: { PATH: process.env['PATH'], ...env } },
      (_, stdout, stderr) => resolve({ code: child.exitCode, stdout, stderr }),
    )
  })

test('an order is settled over TLS only, and the audit and a reconciliation confirm it', async () => {
  const urls = await mapServicesAsync(emptyDatabase)
  const running = await mapServicesAsync((name) => start(name, urls[name]))
  const shop = openShop(mapServices((name) => running[name].url))
  onTestFinished(() => shop.close())
  await shop.setStock({ mug: 1 })
  const placed = await shop.place({
    customer: { id: 'ada', email: 'ada@example.com' },
    currency: 'EUR',
    lines: [{ sku: 'mug', quantity: 1, unitPrice: 1_500 }],
    payment: { method: 'pm_card_visa' },
  })
  await untilSettled(shop, [(placed.body as { id: string }).id])

  const connections = await rabbitmq.ctl('list_connections', '--no-table-headers', 'ssl')
  expect(new Set(connections.trim().split('\n'))).toEqual(new Set(['true']))
  expect(await sessionsWithoutTls()).toEqual([])

  const databases = Object.entries(urls).map(([name, url]) => [`${name.toUpperCase()}_DATABASE_URL`, withTls(url)])
  const env = { ...Object.fromEntries(databases), AMQP_URL: rabbitmq.tlsUrl, NODE_EXTRA_CA_CERTS: files().trusted }
  const audit = await runScript('tools/audit/src/main.ts', env)
  expect(audit).toMatchObject({ code: 0, stdout: expect.stringContaining('All 12 invariants hold') })
  const reconciled = { code: 0, stdout: 'Nothing is missing.\n' }
  await waitFor(async () => expect(await runScript('tools/reconcile/src/main.ts', env)).toMatchObject(reconciled)) // the emails are sent by then
})

/** The application names of our sessions without TLS. */
const sessionsWithoutTls = async (): Promise<string[]> => {
  const database = openDatabase({ url: postgres.url, applicationName: 'observer', onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const sessions = await database.query<{ name: string; ssl: boolean }>(
    `select application_name as name, ssl from pg_stat_ssl join pg_stat_activity using (pid)
     where application_name like 'quadrille-%'`,
  )
  expect(sessions.length).toBeGreaterThan(0)
  return sessions.filter(({ ssl }) => !ssl).map(({ name }) => name)
}

const refused = [
  {
    certificate: 'from another authority',
    trusts: 'foreign',
    located: (url: string) => url,
    message: /unable to verify/,
    advice: /^set NODE_EXTRA_CA_CERTS to a file/,
  },
  {
    certificate: 'for another name',
    trusts: 'trusted',
    located: byAnotherName,
    message: /does not match certificate/,
    advice: /^use a host in the URL/,
  },
] as const

/** Runs the order service until it logs such a line. */
const logged = async (message: string | RegExp, env: Readonly<Record<string, string>>): Promise<unknown> => {
  const lines: { readonly msg: string }[] = []
  const end = new AbortController()
  const onLine = (line: string) => line.startsWith('{') && lines.push(JSON.parse(line)) // Node may print a warning
  const running = startServiceProcess('order', env, { onLine, signal: end.signal })
  const ended = running.then(({ ended }) => ended).catch(() => undefined)
  onTestFinished(async () => {
    end.abort()
    await ended
  })
  return waitFor(() => lines.find(({ msg }) => msg.match(message)) ?? expect.fail(`no '${message}'`))
}

test.each(refused)(
  'a service waits for a Postgres with a certificate $certificate, and logs the setting to change',
  async (given) => {
    const { trusts, located, message, advice } = given
    const line = await logged('waiting for Postgres', {
      DATABASE_URL: located(withTls(await emptyDatabase())),
      AMQP_URL: rabbitmq.tlsUrl,
      NODE_EXTRA_CA_CERTS: files()[trusts],
    })
    expect(line).toMatchObject({ reason: expect.stringMatching(message), advice: expect.stringMatching(advice) })
  },
)

test.each(refused)(
  'a service waits for a RabbitMQ with a certificate $certificate, and logs the setting to change',
  async (given) => {
    const { trusts, located, message, advice } = given
    const line = await logged(/^RabbitMQ at /, {
      DATABASE_URL: await emptyDatabase(),
      AMQP_URL: located(rabbitmq.tlsUrl),
      NODE_EXTRA_CA_CERTS: files()[trusts],
    })
    expect(line).toMatchObject({ reason: expect.stringMatching(message), advice: expect.stringMatching(advice) })
  },
)

test('the migration step waits for a Postgres with a certificate from another authority, and logs the setting to change', async () => {
  const env = {
    PATH: process.env['PATH'],
    DATABASE_URL: withTls(await emptyDatabase()),
    NODE_EXTRA_CA_CERTS: files().foreign,
  }
  const child = spawn(process.execPath, ['services/order/src/migrate.ts'], { cwd: root, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(createInterface(child.stdout), 'line')
  expect(JSON.parse(line)).toMatchObject({
    msg: 'waiting for Postgres',
    reason: expect.stringMatching(/unable to verify/),
    advice: expect.stringMatching(/^set NODE_EXTRA_CA_CERTS to a file/),
  })
})

test.each([
  ['is from another authority', () => `${withTls(postgres.url)}&sslrootcert=${files().foreign}`],
  ['is for another name', () => `${byAnotherName(withTls(postgres.url))}&sslrootcert=${files().trusted}`],
  ['is missing', () => withTls(inject('postgresUrl'))],
])('a server whose certificate %s counts as unavailable', async (_, urlOf) => {
  const database = openDatabase({ url: urlOf(), applicationName: 'refusing', onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const error = await database.query('select 1').catch((reason: unknown) => reason)
  expect(faultOf(error)).toBe('unavailable')
})
