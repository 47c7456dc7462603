/** A newer version has applied a breaking or a compatible migration, while this version runs. */
import { shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { inProcessBroker } from '@quadrille/messaging'
import { SchemaTooNew } from '@quadrille/postgres'
import { createLogger } from '@quadrille/service/tools'
import { startServiceProcess } from '@quadrille/shop-testing'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { createVhost } from '@quadrille/testing'
import { Client } from 'pg'
import { expect, inject, onTestFinished, test } from 'vitest'

const breaking = '9999_breaking_everything'

const newDatabase = async (): Promise<string> => {
  const { url, drop } = await createServiceDatabase(inject('postgresUrl'), definitions.inventory)
  onTestFinished(drop)
  return url
}

/** Records a migration as applied, as a newer version does. */
const applyMigration = async (databaseUrl: string, name: string, table: string): Promise<void> => {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  await client.query(`insert into ${table} (name, run_on) values ($1, now())`, [name])
  await client.end()
}

const lineAbout = (table: string): string =>
  `the schema of the database is too new for this version: it has the migration ${breaking} (${table}). Start a version that has it too`

test('after a breaking migration an instance prints one line and exits', async () => {
  const databaseUrl = await newDatabase()
  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  const lines: string[] = []
  const env = { DATABASE_URL: databaseUrl, AMQP_URL: vhost.url }
  const instance = await startServiceProcess('inventory', env, { onLine: (line) => lines.push(line) })
  onTestFinished(async () => void (await instance.end()))
  await applyMigration(databaseUrl, breaking, 'outbox_migration')
  const printed = () => lines.filter((line) => line.startsWith('quadrille: ')) // for an operator
  await expect.poll(printed).toEqual([`quadrille: ${lineAbout('outbox_migration')}`])
  expect(await instance.ended).toBe(1)
})

/** Starts an instance in this process. `fatal` returns the errors for which it would have ended the process. */
const startHere = async (databaseUrl: string, more: Readonly<Record<string, string>> = {}) => {
  const fatal: Error[] = []
  const broker = inProcessBroker({ onError: () => undefined })
  onTestFinished(() => broker.close())
  const env = { DATABASE_URL: databaseUrl, PORT: '0', ...more }
  const log = createLogger('silent', shop)
  const service = await definitions.inventory.start({ broker, log, env, onFatal: (error) => fatal.push(error) })
  onTestFinished(() => service.stop())
  return { fatal: () => fatal }
}

test('a breaking migration of the service’s own tables has the same effect', async () => {
  const databaseUrl = await newDatabase()
  const { fatal } = await startHere(databaseUrl)
  await applyMigration(databaseUrl, breaking, 'inventory_migration')
  const tooNew = new SchemaTooNew(lineAbout('inventory_migration'))
  await expect.poll(fatal).toContainEqual(tooNew)
  for (const MIGRATE of ['on', 'off']) await expect(startHere(databaseUrl, { MIGRATE })).rejects.toThrow(tooNew)
})

test('an instance starts despite an unknown migration that is not breaking', async () => {
  const databaseUrl = await newDatabase()
  await startHere(databaseUrl)
  await applyMigration(databaseUrl, '9999_more', 'inventory_migration')
  const { fatal } = await startHere(databaseUrl)
  expect(fatal()).toEqual([])
})
