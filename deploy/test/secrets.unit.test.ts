import { execFile, execFileSync } from 'node:child_process'
import {
  cpSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { serviceNames } from '@quadrille/events'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { productionFile, read } from './files.ts'

const script = new URL('../src/secrets.ts', import.meta.url).pathname
const secrets = (folder: string, cwd?: string) => promisify(execFile)(process.execPath, [script, folder], { cwd })

const newParent = (): string => mkdtempSync(join(tmpdir(), 'quadrille-'))

const newFolder = (): string => {
  const parent = newParent()
  onTestFinished(() => rmSync(parent, { recursive: true }))
  return join(parent, 'secrets')
}

/** Secrets for all tests that only read them: of a user whose umask lets no other user read. */
let folder = ''
beforeAll(async () => {
  const parent = newParent()
  folder = join(parent, 'secrets')
  await promisify(execFile)('sh', ['-c', 'umask 077; exec "$0" "$1" "$2"', process.execPath, script, folder])
  return () => rmSync(parent, { recursive: true })
})

const secret = (file: string) => readFileSync(join(folder, file), 'utf8').trim()

test("passwords differ from each other and from those of the next run, and other users can't read them", async () => {
  const next = newFolder()
  await secrets(next)
  const folders = [folder, next]
  const readAll = (cwd: string, files: string) =>
    globSync(files, { cwd }).map((file) => readFileSync(join(cwd, file), 'utf8'))
  const passwords = folders.flatMap((each) => [
    ...readAll(each, '{postgres/*,operator,grafana/*}'),
    ...readAll(each, '*/amqp-url').map((url) => new URL(url).password),
  ])
  // For each service two roles in Postgres and a user in RabbitMQ; for the audit one of each; and the superuser, the operator and
  // Grafana.
  expect(passwords).toHaveLength(2 * (3 * serviceNames.length + 2 + 3))
  expect(new Set(passwords).size).toBe(passwords.length)
  for (const password of passwords) expect(password.trim()).toMatch(/^[0-9a-f]{48}$/)
  for (const each of folders) expect(statSync(each).mode & 0o777).toBe(0o700)
})

test('a user with access to a part of the folder can read it, with any umask', () => {
  expect(statSync(join(folder, 'payment')).mode & 0o777).toBe(0o755)
  for (const file of [
    'payment/amqp-url',
    'postgres/payment',
    'grafana/admin-password',
    'notification/smtp-url',
    'rabbitmq-definitions.json',
  ])
    expect(statSync(join(folder, file)).mode & 0o777).toBe(0o644)
})

test('a service, the audit and Postgres have the same passwords, and RabbitMQ only hashes', () => {
  const login = `payment:${secret('postgres/payment')}`
  expect(secret('payment/database-url')).toBe(`postgres://${login}@postgres:5432/quadrille_payment`)
  const { username, password, host } = new URL(secret('payment/amqp-url'))
  expect([username, host]).toEqual(['payment', 'rabbitmq:5672'])
  expect(password.length).toBeGreaterThan(30)
  expect(secret('rabbitmq-definitions.json')).not.toContain(password)
  expect(secret('audit/database-url')).toBe(`postgres://audit:${secret('postgres/audit')}@postgres:5432`)
  expect(new URL(secret('audit/amqp-url'))).toMatchObject({ username: 'audit', host: 'rabbitmq:5672' })
  expect(JSON.parse(secret('rabbitmq-definitions.json'))).toMatchObject({
    permissions: expect.arrayContaining([
      { user: 'audit', vhost: '/', configure: '^$', write: expect.stringContaining('unrouted'), read: '^$' },
    ]),
  })
})

test('each password of Postgres is in the two files that an operator must change', () => {
  const files = globSync('*/database-url', { cwd: folder })
  expect(files).toHaveLength(2 * serviceNames.length + 1)
  for (const file of files) {
    const { username, password } = new URL(secret(file))
    expect(password).toBe(secret(`postgres/${username}`))
    expect(file).toBe(`${username.replace('_owner', '-migration')}/database-url`)
  }
  const page = read('docs/secrets.md')
  expect(page).toContain('`postgres/NAME`, with the name of the role, and `NAME/database-url`.')
  expect(page).toContain('For the role `SERVICE_owner` the second file is `SERVICE-migration/database-url`.')
})

test('the file of the mail server contains no URL at first, so the notification service does not start', () => {
  expect(secret('notification/smtp-url')).toMatch(/^(?!smtps?:)./) // the service refuses all else but an empty file
})

test('each container that trusts a private authority finds its certificate where the page on TLS puts it', () => {
  const copy = newFolder()
  cpSync(folder, copy, { recursive: true })
  writeFileSync(join(copy, '..', 'ca.pem'), 'a certificate')
  const page = read('docs/tls.md')
  const [command = ''] = /^for folder in .*$/m.exec(page) ?? []
  execFileSync('sh', ['-euc', command.replace('/etc/quadrille', copy)], { cwd: join(copy, '..') })
  const [path = ''] = /(?<=CA_CERTIFICATE=)[\w/.]+/.exec(page) ?? []
  expect(read('deploy/compose.production.yml')).toContain(`# CA_CERTIFICATE=${path} (docs/tls.md)`)
  const trusting = Object.values(productionFile.services).filter(
    ({ environment }) => environment?.['NODE_EXTRA_CA_CERTS'] === `\${CA_CERTIFICATE:-}`,
  )
  expect(trusting).toHaveLength(2 * serviceNames.length + 1) // services, migrations and the audit
  for (const { volumes = [] } of trusting) {
    const [, name = '', target = ''] = /^\$\{SECRETS:[^}]*\}\/([\w-]+):([\w/]+):ro$/.exec(volumes.join()) ?? []
    const file = path.replace(target, join(copy, name))
    expect(readFileSync(file, 'utf8')).toBe('a certificate')
    expect(statSync(file).mode & 0o777).toBe(0o644)
  }
})

test.each([
  ['5432', {}],
  ['5433', { POSTGRES_PORT: '5433' }],
])('the page on reconciliation sets the address of each database, with the port %s', (port, variables) => {
  const [command = ''] = /^for folder in .*$/m.exec(read('docs/reconcile.md')) ?? []
  const script = `${command.replaceAll('/etc/quadrille', folder)}\nenv`
  const env = { PATH: process.env['PATH'], ...variables }
  const printed = execFileSync('sh', ['-euc', script], { env, encoding: 'utf8' })
  for (const name of serviceNames) {
    const address = `postgres://${name}:${secret(`postgres/${name}`)}@127.0.0.1:${port}/quadrille_${name}`
    expect(printed).toContain(`${name.toUpperCase()}_DATABASE_URL=${address}\n`)
  }
})

test('the printed variables of Compose have the absolute path of the folder', async () => {
  const parent = dirname(newFolder())
  const { stdout } = await secrets('secrets', parent)
  const real = join(realpathSync(parent), 'secrets')
  expect(stdout).toContain(`  COMPOSE_FILE=docker-compose.yml:deploy/compose.production.yml\n  SECRETS=${real}\n`)
})

test('passwords that may be in use are not replaced', async () => {
  await expect(secrets(folder)).rejects.toThrow(/is not empty: its passwords may be in use/)
})

test('the folders that Docker has created for missing secrets are reported as such', async () => {
  const empty = newFolder()
  mkdirSync(join(empty, 'rabbitmq-definitions.json'), { recursive: true })
  await expect(secrets(empty)).rejects.toThrow(/has folders without files, as Docker creates them/)
})
