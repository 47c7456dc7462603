/** A service that changes from the in-process broker to RabbitMQ, and back. */

import { amqpBroker, type Broker, inProcessBroker } from '@quadrille/messaging'
import { retryTable } from '@quadrille/outbox'
import { openDatabase } from '@quadrille/postgres'
import { createTestDatabase, createVhost, noon } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startService } from '../../src/index.ts'
import { migrateAll } from '../../src/tools.ts'
import { draft, newParcelId, seal } from '../post.ts'
import { aParcelOf, onTheWire } from '../tally/tracker.ts'
import { noFaults, tracked, trackerService } from '../tally/tracker-service.ts'

const openDatabaseOfTracker = async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), {
    name: 'tracker',
    fill: (empty) => migrateAll(empty, tracked),
  })
  onTestFinished(drop)
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const done: string[] = []
  const log: Record<string, unknown>[] = []
  const start = async (broker: Broker) => {
    const service = await startService(trackerService(noFaults(), done), {
      broker,
      env: { DATABASE_URL: url, MIGRATE: 'off', PORT: '0', LINGER_MS: '0' },
      log: pino({ level: 'info' }, { write: (line: string) => void log.push(JSON.parse(line)) }),
    })
    return async () => {
      await service.stop()
      await broker.close()
    }
  }
  return { database, done, log, start }
}

const inProcess = () => inProcessBroker({ onError: () => undefined })

/** A delivery that the in-process broker has stored for later. */
const waiting = (message: Parameters<typeof onTheWire>[0], exchange: string, delayMs: number) => ({
  message: {
    ...{ id: '', type: '', correlationId: '', appId: 'counter', contentType: 'application/cloudevents+json' },
    ...{ timestamp: noon, body: Buffer.alloc(0), headers: {}, ...onTheWire(message) },
  },
  ...{ exchange, attempts: 3, crashes: 0, firstFailedAt: noon, error: 'not now', delayMs },
})

test('what waited in the retry table is handled over RabbitMQ, and a warning says that messages may wait there', async () => {
  const { database, done, log, start } = await openDatabaseOfTracker()
  const warnings = () => log.filter(({ level }) => Number(level) >= 40)
  await (await start(inProcess()))()
  const [early, late] = [newParcelId(), newParcelId()]
  const { parcelId: sent, ...parcel } = aParcelOf('fine')
  const task = (parcelId: string) =>
    seal(draft('Announce', { parcelId, sender: parcel.sender, weight: parcel.weight, occasion: 'parcel_sent' }), {
      ...{ service: 'tracker', now: noon },
    })
  const event = seal(draft('ParcelSent', { parcelId: sent, ...parcel }), { service: 'counter', now: noon })
  const retries = retryTable(database)
  await retries.add('tracker.tasks', [
    waiting(task(early), 'tracker.direct', 0),
    waiting(task(late), 'tracker.direct', 500),
  ])
  await retries.add('tracker.inbox', [waiting(event, 'counter.events', 0)])

  const vhost = await createVhost(inject('rabbitmqUrl'))
  onTestFinished(() => vhost.drop())
  const stop = await start(amqpBroker(vhost.url, { onError: () => undefined }))
  await waitFor(() => expect(done.toSorted()).toEqual([early, late, sent].toSorted()))
  await waitFor(async () => expect(await database.query('select 1 from outbox')).toEqual([]))
  expect(await database.query('select 1 from retry')).toEqual([])
  await stop()
  await (await start(inProcess()))()
  await (await start(inProcess()))()
  expect(warnings()).toMatchObject([{ before: 'rabbitmq', now: 'in_process' }])
})
