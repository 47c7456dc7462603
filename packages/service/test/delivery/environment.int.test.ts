/** The environment is at fault: a database object is missing or forbidden for a while. Messages lose no attempt. */

import { randomBytes } from 'node:crypto'
import { Unconfirmed } from '@quadrille/messaging'
import { type Database, openDatabase } from '@quadrille/postgres'
import { noon } from '@quadrille/testing'
import { waitFor, waitUntil } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import { draft, type Message, seal } from '../post.ts'
import { aParcelOf, brokers, onTheWire, openTracker, type Tracker } from '../tally/tracker.ts'

let tracker: Tracker
let logged = 0
let done = 0
beforeEach(() => {
  logged = tracker.log.length
  done = tracker.done.length
})

/** All tests of a suite use one tracker with a single attempt, so that a counted attempt parks the message. */
const withTracker = (kind: keyof typeof brokers) => {
  beforeAll(async () => {
    tracker = await openTracker(kind)
  })
  afterAll(() => tracker.end())
}

const traceId = 'a'.repeat(32)
const parcelSent = (): Message => ({
  ...seal(draft('ParcelSent', aParcelOf('good')), { service: 'counter', now: noon }),
  traceparent: `00-${traceId}-${'b'.repeat(16)}-01`,
})

/** Like a relay: repeats until it is confirmed. @throws any other error at once. */
const sendUntilConfirmed = async (message: Message): Promise<void> => {
  const failed = await waitFor(() =>
    tracker.send(onTheWire(message)).catch((error: unknown) => {
      if (error instanceof Unconfirmed) throw error
      return { error }
    }),
  )
  if (failed) throw failed.error
}

const unavailable = 'waiting for Postgres'
const statementRefused = 'Postgres refuses or cancels a statement: its messages wait, others go on'
/** The log of the test. */
const log = () => tracker.log.slice(logged)
const waited = () => log().flatMap(({ msg }) => (msg === unavailable || msg === statementRefused ? [msg] : []))
const refused = () => log().filter(({ msg }) => msg === 'requests are rejected')
const failed = () => log().filter(({ msg }) => msg === 'a message failed and will be retried')
const deadLetters = () => tracker.database.query('select reason from dead_letter')
const handled = async () =>
  (await tracker.database.query<{ id: string }>('select parcel_id as id from tally')).map(({ id }) => id)

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
  onTestFinished(async () => {
    await tracker.restart()
    await tracker.database.query(`drop owned by ${role}`)
    await tracker.database.query(`drop role ${role}`)
  })
  const url = new URL(tracker.databaseUrl)
  url.username = role
  url.password = 'secret'
  await tracker.restart({ DATABASE_URL: url.href })
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

/** Sessions that are opened meanwhile stay read-only. */
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

/** One for each way to wait. Over RabbitMQ the messages that wait are unsettled deliveries. */
const overRabbitMq = ['a table is dropped and created again', 'the database is dropped and restored']

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s, while', (kind) => {
  withTracker(kind)
  const all = Object.entries(disruptions)
  const some = all.filter(([cause]) => kind !== 'RabbitMQ' || overRabbitMq.includes(cause))

  it.each(some)('%s, messages wait without losing an attempt', async (_, [logs, disrupt]) => {
    const disruption = await disrupt()
    await disruption.begin()
    const messages = [parcelSent(), parcelSent(), parcelSent()]
    const sent = messages.map(sendUntilConfirmed)
    try {
      await waitFor(() => expect(waited().length).toBeGreaterThan(1))
      expect(waited()).toContain(logs)
    } finally {
      await disruption.end()
    }
    const subjects = messages.map(({ subject }) => subject)
    await waitFor(async () => expect(await handled()).toEqual(expect.arrayContaining(subjects)))
    await Promise.all(sent)
    await waitFor(() => expect(tracker.done.slice(done)).toEqual(expect.arrayContaining(subjects)))
    expect(failed()).toEqual([])
    expect(await deadLetters()).toEqual([])
  })
})

describe('on the in-process broker', () => {
  withTracker('the in-process broker')

  it('requests are answered with Retry-After until the missing object exists', async () => {
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

  const refuse = (operations: string) =>
    sql(
      `do $do$ begin
         create function refuse() returns trigger as $$ begin raise exception 'refused'; end $$ language plpgsql;
         create trigger refuse before ${operations} on suspect for each row execute function refuse();
       end $do$`,
      'drop function refuse cascade',
    )

  const isHandled = ({ subject }: Message) => waitFor(async () => expect(await handled()).toContain(subject))

  /** No message is suspected any more, and none waits, so that the next test begins without them. */
  const hasEnded = () =>
    waitFor(async () =>
      expect(await tracker.database.query('select 1 from suspect union all select 1 from retry')).toEqual([]),
    )

  it.each([
    ['is missing', sql('alter table suspect rename to mislaid', 'alter table mislaid rename to suspect')],
    ['refuses its row', refuse('insert or delete')],
  ])('a suspect waits too, and the process does not exit, while the table of suspects %s', async (_, disruption) => {
    await disruption.begin()
    const suspect = parcelSent()
    await sendSuspect(suspect)
    const taken = async () => (await tracker.database.query('select 1 from retry where taken')).length > 0
    await waitUntil(taken)
    const other = parcelSent()
    await tracker.send(onTheWire(other))
    await isHandled(other)
    await disruption.end()
    await isHandled(suspect)
    await hasEnded()
    expect(failed()).toEqual([])
    expect(await deadLetters()).toEqual([])
  })

  /** The fields of each log line about a message. */
  const aboutParcel = ({ id, type, subject }: Message) => ({
    ...{ queue: 'tracker.inbox', type, messageId: id, parcelId: subject, trace_id: traceId },
  })

  it('the log tells which message waits', async () => {
    const { begin, end } = refuse('insert')
    await begin()
    const suspect = parcelSent()
    await sendSuspect(suspect)
    const waits = () => log().filter(({ msg }) => String(msg).startsWith('a message can’t be handled now'))
    await waitFor(() => expect(waits()).toMatchObject([{ ...aboutParcel(suspect), err: { message: 'refused' } }]))
    await end()
    await isHandled(suspect)
    await hasEnded()
  })

  it('a suspect is settled by its outcome, and the log has the error, if its end cannot be recorded', async () => {
    const { begin, end } = refuse('delete')
    await begin()
    const suspect = parcelSent()
    await sendSuspect(suspect)
    await waitFor(() =>
      expect(log().filter(({ err }) => err !== undefined)).toMatchObject([
        { ...aboutParcel(suspect), err: { message: 'refused' } },
      ]),
    )
    await waitFor(async () => expect(await tracker.database.query('select 1 from retry')).toEqual([]))
    expect(await handled()).toContain(suspect.subject)
    expect(await deadLetters()).toEqual([])
    await end()
    await tracker.database.query('delete from suspect')
  })

  it('a suspect whose parcel is locked does not block the next suspect, and is handled later', async () => {
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
    try {
      await sendSuspect(locked)
      await waitUntil(begun, { interval: 5 })
      await sendSuspect(next)
      await isHandled(next)
    } finally {
      released.resolve()
    }
    await lock
    await isHandled(locked)
    expect(await deadLetters()).toEqual([])
  })
})
