/** The relay cannot read its table, as after a lost grant. */
import { expect, it, onTestFinished } from 'vitest'
import { Relay } from '../src/index.ts'
import { useDatabase } from './a-database.ts'

const given = useDatabase()

it('shows for how long the sweep and the measurement have failed, until they succeed', async () => {
  const { database } = given
  const relay = new Relay({
    database,
    publisher: { publish: async () => undefined, waitingFor: () => null, outboxAsQueue: null },
    ...{ service: 'stacks', redactText: String, sweepEveryMs: 10 },
    ...{ onError: () => undefined, storeUnsendable: () => Promise.resolve() },
  })
  relay.start()
  onTestFinished(() => relay.stop())
  const until = <T>(read: () => T) => expect.poll(read, { interval: 10 })
  await until(() => relay.recentBacklog()).toEqual({ rows: 0, oldestAgeMs: 0 })
  expect([relay.failingMs('sweep'), relay.failingMs('measure')]).toEqual([0, 0])
  await database.query('alter table outbox rename to unreadable')
  await until(() => relay.failingMs('measure')).toBeGreaterThan(100)
  await until(() => {
    relay.sweepSoon()
    return relay.failingMs('sweep')
  }).toBeGreaterThan(10)
  await database.query('alter table unreadable rename to outbox')
  relay.sweepSoon()
  await until(() => [relay.failingMs('sweep'), relay.failingMs('measure')]).toEqual([0, 0])
})
