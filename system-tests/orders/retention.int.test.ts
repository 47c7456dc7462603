/** Each started service forgets what it has handled: when that is old enough, and no sooner. */
import { shop } from '@quadrille/events'
import { inventory } from '@quadrille/inventory'
import { inProcessBroker } from '@quadrille/messaging'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { outboxMigrations } from '@quadrille/outbox'
import { payment } from '@quadrille/payment'
import { migrate, openDatabase } from '@quadrille/postgres'
import { createLogger, type ServiceDefinition, startService } from '@quadrille/service'
import { createTestDatabase } from '@quadrille/testing'
import { expect, inject, onTestFinished, test } from 'vitest'

const log = createLogger('fatal', shop)

const forgetsInTime = <State, Config>(definition: ServiceDefinition<State, Config>): void =>
  test(`${definition.model.name} forgets what it has handled when it is older than INBOX_TTL, and not before`, async () => {
    const { url, drop } = await createTestDatabase(inject('postgresUrl'))
    onTestFinished(drop)
    await migrate(url, outboxMigrations)
    const database = openDatabase({ url, applicationName: 'test', onIdleError: () => undefined })
    onTestFinished(() => database.end())
    await database.query(
      `insert into inbox (id, hash, received_at)
       select gen_random_uuid(), hash, now() - hash::interval from unnest($1::text[]) as hash`,
      [['6 days', '8 days']],
    )
    const broker = inProcessBroker({ onError: (err) => log.error({ err }, 'the broker') })
    onTestFinished(() => broker.close())
    const env = { DATABASE_URL: url, PORT: '0', INBOX_TTL: '7d' }
    const service = await startService(definition, { broker, log, env })
    onTestFinished(() => service.stop())
    const remembered = async () =>
      (await database.query<{ hash: string }>('select hash from inbox order by hash')).map(({ hash }) => hash)
    await expect.poll(remembered, { timeout: 10_000 }).toEqual(['6 days'])
  })

forgetsInTime(order)
forgetsInTime(payment)
forgetsInTime(inventory)
forgetsInTime(notification)
