/** A start that fails closes its connections to Postgres. One that is disturbed goes on. */

import { randomUUID } from 'node:crypto'
import { inProcessBroker } from '@quadrille/messaging'
import { openDatabase } from '@quadrille/postgres'
import { createTestDatabase } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { pino } from 'pino'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startService } from '../../src/index.ts'
import { grantWork } from '../../src/runtime/grants.ts'
import { migrateAll } from '../../src/tools.ts'
import { noFaults, tracked, trackerService } from '../tally/tracker-service.ts'

const newDatabase = async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'), {
    name: 'tracker',
    fill: (empty) => migrateAll(empty, tracked),
  })
  onTestFinished(drop)
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  const connections = () =>
    database.query(
      `select application_name from pg_stat_activity
       where datname = current_database() and application_name like 'quadrille-%'`,
    )
  return { url, database, connections }
}

const tracker = trackerService(noFaults(), [])

const start = (definition: typeof tracker, url: string, log = pino({ level: 'silent' })) => {
  const broker = inProcessBroker({ onError: () => undefined })
  onTestFinished(() => broker.close())
  return startService(definition, {
    broker,
    env: { DATABASE_URL: url, PORT: '0', MIGRATE: 'off' },
    log,
  })
}

test('because the schema is too new', async () => {
  const { url, database, connections } = await newDatabase()
  await database.query("insert into tracker_migration (name, run_on) values ('9999_breaking_all', now())")
  await expect(start(tracker, url)).rejects.toThrow('too new')
  await waitFor(async () => expect(await connections()).toEqual([]))
})

test('because its definition throws', async () => {
  const { url, connections } = await newDatabase()
  const workQueues = () => {
    throw new Error('no such gateway')
  }
  await expect(start({ ...tracker, workQueues }, url)).rejects.toThrow('no such gateway')
  await waitFor(async () => expect(await connections()).toEqual([]))
})

/** Starts the tracker, which waits for this reason. Stops it when it has started. */
const startsAfterWaiting = async (url: string, reason: string) => {
  const waits = Promise.withResolvers<string>()
  const starting = start(tracker, url, pino({}, { write: waits.resolve }))
  expect(JSON.parse(String(await Promise.race([waits.promise, starting])))).toMatchObject({
    msg: 'waiting for Postgres',
    reason,
    advice: expect.stringContaining('run the migration step'),
  })
  return { started: starting.then((service) => service.stop()) }
}

test('not because the migration step has not run yet', async () => {
  const { url, drop } = await createTestDatabase(inject('postgresUrl'))
  onTestFinished(drop)
  const { started } = await startsAfterWaiting(url, 'relation "service" does not exist')
  await migrateAll(url, tracked)
  await started
})

test('not because the migration step of a newer version has not run yet', async () => {
  const { url, database } = await newDatabase()
  const [last] = await database.query<{ name: string }>(
    'delete from tracker_migration where id = (select max(id) from tracker_migration) returning name',
  )
  const { started } = await startsAfterWaiting(
    url,
    `the database lacks the migration ${last?.name}.sql (tracker_migration)`,
  )
  await database.query('insert into tracker_migration (name, run_on) values ($1, now())', [last?.name])
  await started
})

test('not because the migration step has not granted its rights yet', async () => {
  const { url, database } = await newDatabase()
  const role = `tracker_${randomUUID().replaceAll('-', '')}`
  await database.query(`create role ${role} login password '${role}' in role pg_monitor`)
  onTestFinished(async () => {
    await database.query(`drop owned by ${role}`)
    await database.query(`drop role ${role}`)
  })
  await database.query(`grant execute on function pg_control_system() to ${role}`)
  const own = Object.assign(new URL(url), { username: role, password: role }).href
  const { started } = await startsAfterWaiting(own, 'permission denied for table service')
  await grantWork(url, role)
  await started
})

/** A service whose first preparation runs the statement. */
const disturbedBy = (statement: string) => {
  const count = { prepared: 0 }
  const wire: typeof tracker.wire = (context) => ({
    ...tracker.wire?.(context),
    prepare: async () => {
      count.prepared += 1
      if (count.prepared === 1) await context.database.query(statement)
    },
  })
  return { definition: { ...tracker, wire }, count }
}

test('because an operator cancels a statement', async () => {
  const { url, connections } = await newDatabase()
  const { definition } = disturbedBy('select pg_cancel_backend(pg_backend_pid())')
  await expect(start(definition, url)).rejects.toThrow('canceling statement due to user request')
  await waitFor(async () => expect(await connections()).toEqual([]))
})

test.each([
  ['Postgres restarts', 'select pg_terminate_backend(pg_backend_pid())'],
  ['another session holds a lock', "do $$ begin raise sqlstate '55P03'; end $$"],
  ['another session causes a deadlock', "do $$ begin raise sqlstate '40P01'; end $$"],
])('not because %s while the service prepares', async (_cause, statement) => {
  const { url } = await newDatabase()
  const { definition, count } = disturbedBy(statement)
  const service = await start(definition, url)
  await service.stop()
  expect(count.prepared).toBe(2)
})
