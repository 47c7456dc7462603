/** A service that sends its clients to other instances says so everywhere. */
import { inProcessBroker } from '@quadrille/messaging'
import { createTestDatabase } from '@quadrille/testing'
import { pino } from 'pino'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startService } from '../../src/index.ts'
import { migrateAll } from '../../src/tools.ts'
import { noFaults, tracked, trackerService } from '../tally/tracker-service.ts'

test('a service that leaves is no longer ready at once, for its process and in /health/ready', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), {
    name: 'tracker',
    fill: (empty) => migrateAll(empty, tracked),
  })
  onTestFinished(drop)
  const broker = inProcessBroker({ onError: () => undefined })
  onTestFinished(() => broker.close())
  const service = await startService(trackerService(noFaults(), []), {
    broker,
    env: { DATABASE_URL: url, PORT: '0', MIGRATE: 'off' },
    log: pino({ level: 'silent' }),
  })
  onTestFinished(() => service.stop())
  expect((await service.readiness()).status).not.toBe('stopping')
  service.leave()
  expect(await service.readiness()).toMatchObject({ status: 'stopping', postgres: 'ok' })
  const response = await fetch(`${service.url}/health/ready`)
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ status: 'stopping' })
})
