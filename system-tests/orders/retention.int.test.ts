/** Each service deletes expired ids of handled messages, and no others. */
import { shop } from '@quadrille/events'
import { definitions } from '@quadrille/local/definitions'
import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { createLogger } from '@quadrille/service/tools'
import { createServiceDatabase } from '@quadrille/shop-testing/service-database'
import { expect, inject, onTestFinished, test } from 'vitest'

const log = createLogger('fatal', shop)

test.each(Object.entries(definitions))(
  '%s deletes the ids of messages that it handled longer ago than INBOX_TTL, and no others',
  async (_, definition) => {
    const { url, drop } = await createServiceDatabase(inject('postgresUrl'), definition)
    onTestFinished(drop)
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
    const service = await definition.start({ broker, log, env })
    onTestFinished(() => service.stop())
    const storedIds = async () =>
      (await database.query<{ hash: string }>('select hash from inbox order by hash')).map(({ hash }) => hash)
    await expect.poll(storedIds).toEqual(['6 days'])
  },
)
