/** The environment is at fault: a database object is missing or forbidden for a while. Messages lose no attempt. */

import { randomBytes } from 'node:crypto'
import { Unconfirmed } from '@quadrille/messaging'
import { type Database, openDatabase } from '@quadrille/postgres'
import { noon } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { afterEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { draft, type Message, seal } from '../post.ts'
import { aParcelOf, brokers, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'

let tracker: Tracker
afterEach(() => tracker.end())

const traceId = 'a'.repeat(32)
const parcelSent = (): Message => ({
  ...seal(draft('ParcelSent', aParcelOf('good')), { service: 'counter', now: noon }),
  traceparent: `00-${traceId}-${'b'.repeat(16)}-01`,
})

/** Like a relay: repeats until it is confirmed. */
const sendUntilConfirmed = async (message: Message): Promise<void> => {
  for (;;) {
    try {
      return await tracker.send(onTheWire(message))
    } catch (error) {
      if (!(error instanceof Unconfirmed)) throw error
      await new Promise(setImmediate)
    }
  }
}

const unavailable = 'waiting for Postgres'
const statementRefused = 'Postgres refuses or cancels a statement: its messages wait, others go on'
const waited = () => tracker.log.filter(({ msg }) => msg === unavailable || msg === statementRefused)
const refused = () => tracker.log.filter(({ msg }) => msg === 'requests are rejected')
const failed = () => tracker.log.filter(({ msg }) => msg === 'a message failed and will be retried')

/** A connection to the server, not to the database that a test removes. */
const openServer = (): Database => {
  const server = openDatabase({
    url: inject('postgresUrl'),
    applicationName: 'test',
    max: 1,
    onIdleError: () => undefined,
  })
  onTestFinished(() => server.end())
  return server
}

interface Disruption {
  readonly begin: () => Promise<unknown>
  readonly end: () => Promise<unknown>
}

const sql = (begin: string, end: string): Disruption => ({
  begin: () => tracker.database.query(begin),
  end: () => tracker.database.query(end),
})

/** Restarts the service with a role whose grant is revoked for a while. */
const roleWithoutGrant = async (): Promise<Disruption> => {
  const role = `role_${randomBytes(6).toString('hex')}`
  await tracker.database.query(`create role ${role} login password 'secret'`)
  await tracker.database.query(`grant select, insert, update, delete on all tables in schema public to ${role}`)
  await tracker.database.query(`grant usage on all sequences in schema public to ${role}`)
  const server = openServer()
  onTestFinished(async () => {
    await server.query(`drop role ${role}`)
  })
  const url = new URL(tracker.databaseUrl)
  url.username = role
  url.password = 'secret'
  await tracker.restart({ DATABASE_URL: url.href, MIGRATE: 'off' })
  return sql(`revoke insert on inbox, tally from ${role}`, `grant insert on inbox, tally to ${role}`)
}

/** The database is dropped and created again, as when a backup is restored. */
const restoredDatabase = async (): Promise<Disruption> => {
  const server = openServer()
  const name = new URL(tracker.databaseUrl).pathname.slice(1)
  const copy = async (): Promise<unknown> => {
    await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    return server.query(`create database backup_of_${name} template ${name}`)
  }
  return {
    begin: async () => {
      await server.query(`alter database ${name} with allow_connections false`)
      // Retried, because a connection that is being opened is not in pg_stat_activity yet, and prevents the copy.
      await waitFor(copy)
      await server.query(`drop database ${name} with (force)`)
    },
    end: async () => {
      await server.query(`create database ${name} template backup_of_${name}`)
      await server.query(`drop database backup_of_${name}`)
    },
  }
}

/** Sessions that are open at the end stay read-only, like those at a server that a failover has made a standby. */
const readOnly = async (): Promise<Disruption> => {
  const name = new URL(tracker.databaseUrl).pathname.slice(1)
  const others = `select pg_terminate_backend(pid) from pg_stat_activity
                  where datname = current_database() and pid <> pg_backend_pid()`
  const set = async (to: 'on' | 'off') => {
    await tracker.database.query('set default_transaction_read_only = off')
    await tracker.database.query(`alter database ${name} set default_transaction_read_only = ${to}`)
  }
  const begin = async () => {
    await set('on')
    await tracker.database.query(others)
  }
  return { begin, end: () => set('off') }
}

/** By the cause: what the log says, and how it is caused. */
const disruptions: Readonly<Record<string, readonly [logs: string, disrupt: () => Promise<Disruption>]>> = {
  'a table is dropped and created again': [
    statementRefused,
    async () => sql('drop table tally', 'create table tally (parcel_id uuid primary key, state jsonb not null)'),
  ],
  'a column is missing': [
    statementRefused,
    async () => sql('alter table tally rename column state to other', 'alter table tally rename column other to state'),
  ],
  'the schema is missing': [
    statementRefused,
    async () => sql('alter schema public rename to elsewhere', 'alter schema elsewhere rename to public'),
  ],
  'a grant is missing': [statementRefused, roleWithoutGrant],
  'the database is dropped and restored': [unavailable, restoredDatabase],
  'the server is read-only': [unavailable, readOnly],
}

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s, while', (kind) => {
  it.each(Object.entries(disruptions))('%s, messages wait without losing an attempt', async (_, [logs, disrupt]) => {
    tracker = await openTracker(kind) // a single attempt, so that a counted attempt parks the message
    const disruption = await disrupt()
    await disruption.begin()
    const messages = [parcelSent(), parcelSent(), parcelSent()]
    const sent = messages.map(sendUntilConfirmed)
    await waitUntil(() => waited().length > 1)
    expect(waited().map(({ msg }) => msg)).toContain(logs)
    await disruption.end()
    const handled = async () =>
      (await tracker.database.query<{ id: string }>('select parcel_id as id from tally')).map(({ id }) => id).sort()
    await waitFor(async () => expect(await handled()).toEqual(messages.map(({ subject }) => subject).sort()))
    await Promise.all(sent)
    await waitFor(() => expect(tracker.done).toHaveLength(3))
    expect(failed()).toEqual([])
    expect(await tracker.database.query('select reason from dead_letter')).toEqual([])
  })
})

it('requests are answered with Retry-After until the missing object exists', async () => {
  tracker = await openTracker('the in-process broker')
  expect((await tracker.call('GET', '/dead-letters')).status).toBe(200)
  await tracker.database.query('alter table dead_letter rename to mislaid')
  const { status, headers } = await tracker.call('GET', '/dead-letters')
  expect([status, headers.get('retry-after')]).toEqual([503, '1'])
  expect(refused()).toHaveLength(1)
  await tracker.database.query('alter table mislaid rename to dead_letter')
  expect((await tracker.call('GET', '/dead-letters')).status).toBe(200)
})

/** Adds a due message to the retry queue that was redelivered three times without being settled. */
const sendSuspect = async (suspect: Message): Promise<void> => {
  const { body = Buffer.alloc(0), ...wire } = onTheWire(suspect)
  await tracker.database.query(
    `insert into retry (queue, exchange, message, body, attempts, deaths, due_at)
     values ('tracker.inbox', 'counter.events', $1, $2, 0, 3, now())`,
    [JSON.stringify({ ...wire, appId: 'counter', contentType: '', timestamp: noon.toISOString() }), body],
  )
}

const refusing = (operations: string) =>
  `create function refuse() returns trigger as $$ begin raise exception 'refused'; end $$ language plpgsql;
   create trigger refuse before ${operations} on suspect for each row execute function refuse()`

it.each([
  ['is missing', 'alter table suspect rename to mislaid', 'alter table mislaid rename to suspect'],
  ['refuses its row', `do $do$ begin ${refusing('insert or delete')}; end $do$`, 'drop trigger refuse on suspect'],
])('a suspect waits too, and the process does not exit, while the table of suspects %s', async (_, begin, end) => {
  tracker = await openTracker('the in-process broker')
  await tracker.database.query(begin)
  const suspect = parcelSent()
  await sendSuspect(suspect)
  const taken = async () => (await tracker.database.query('select 1 from retry where taken')).length > 0
  await waitUntil(taken)
  const other = parcelSent()
  await tracker.send(onTheWire(other))
  const handled = async (id: string) =>
    (await tracker.database.query('select 1 from tally where parcel_id = $1', [id])).length
  await waitFor(async () => expect(await handled(other.subject)).toBe(1))
  await tracker.database.query(end)
  await waitFor(async () => expect(await handled(suspect.subject)).toBe(1))
  expect(failed()).toEqual([])
  expect(await tracker.database.query('select reason from dead_letter')).toEqual([])
})

/** The fields of each log line about a message. */
const aboutParcel = ({ id, type, subject }: Message) => ({
  ...{ queue: 'tracker.inbox', type, messageId: id, parcelId: subject, trace_id: traceId },
})

it('the log tells which message waits', async () => {
  tracker = await openTracker('the in-process broker')
  await tracker.database.query(`do $do$ begin ${refusing('insert')}; end $do$`)
  const suspect = parcelSent()
  await sendSuspect(suspect)
  const waits = () => tracker.log.filter(({ msg }) => String(msg).startsWith('a message can’t be handled now'))
  await waitFor(() => expect(waits()).toMatchObject([{ ...aboutParcel(suspect), err: { message: 'refused' } }]))
})

it('a suspect is settled by its outcome, and the log has the error, if its end cannot be recorded', async () => {
  tracker = await openTracker('the in-process broker')
  await tracker.database.query(`do $do$ begin ${refusing('delete')}; end $do$`)
  const suspect = parcelSent()
  await sendSuspect(suspect)
  await waitFor(() =>
    expect(tracker.log.filter(({ err }) => err !== undefined)).toMatchObject([
      { ...aboutParcel(suspect), err: { message: 'refused' } },
    ]),
  )
  await waitFor(async () => expect(await tracker.database.query('select 1 from retry')).toEqual([]))
  expect(await tracker.database.query('select parcel_id as id from tally')).toEqual([{ id: suspect.subject }])
  expect(await tracker.database.query('select reason from dead_letter')).toEqual([])
})

it('a suspect whose parcel is locked does not block the next suspect, and is handled later', async () => {
  tracker = await openTracker('the in-process broker')
  const [locked, next] = [parcelSent(), parcelSent()]
  const holder = openDatabase({
    url: tracker.databaseUrl,
    applicationName: 'holder',
    idleInTransactionMs: 600_000, // longer than the test waits
    onIdleError: () => undefined,
  })
  onTestFinished(() => holder.end())
  const [holding, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const lock = holder.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock(hashtextextended($1::text, 0))', [locked.subject])
    holding.resolve()
    await released.promise
  })
  await holding.promise
  const begun = async () => (await tracker.database.query('select 1 from suspect')).length > 0
  const handled = async (id: string) =>
    expect(await tracker.database.query('select 1 from tally where parcel_id = $1', [id])).toHaveLength(1)
  try {
    await sendSuspect(locked)
    await waitUntil(begun, { interval: 5 })
    await sendSuspect(next)
    await waitFor(() => handled(next.subject))
  } finally {
    released.resolve()
  }
  await lock
  await waitFor(() => handled(locked.subject))
  expect(await tracker.database.query('select reason from dead_letter')).toEqual([])
})
