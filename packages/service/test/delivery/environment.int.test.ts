/**
 * The environment is at fault: an object in the statements is missing or forbidden for a while. Messages lose no
 * attempt.
 */
import { randomBytes } from 'node:crypto'
import { Unconfirmed } from '@quadrille/messaging'
import { type Database, openDatabase } from '@quadrille/postgres'
import { noon } from '@quadrille/testing'
import { afterEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { draft, type Message, seal } from '../post.ts'
import { aParcelOf, brokers, onTheWire, openStage, type Stage } from '../tally/tallier.ts'

let stage: Stage
afterEach(() => stage.end())

const placed = (): Message => seal(draft('ParcelSent', aParcelOf('good')), { service: 'counter', now: noon })

/** Like a relay: repeats until it is confirmed. */
const sendUntilConfirmed = async (message: Message): Promise<void> => {
  for (;;) {
    try {
      return await stage.send(onTheWire(message))
    } catch (error) {
      if (!(error instanceof Unconfirmed)) throw error
      await new Promise(setImmediate)
    }
  }
}

const waited = () => stage.log.filter(({ msg }) => msg === 'waiting for Postgres')
const refused = () => stage.log.filter(({ msg }) => msg === 'requests are rejected')
const failed = () => stage.log.filter(({ msg }) => msg === 'a message failed and will be retried')

/** Of the server, not of the database that a test removes. */
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

interface Trouble {
  readonly begin: () => Promise<unknown>
  readonly end: () => Promise<unknown>
}

const sql = (begin: string, end: string): Trouble => ({
  begin: () => stage.database.query(begin),
  end: () => stage.database.query(end),
})

/** A role with all permissions of a service, while it has the grant. */
const aPoorRole = async (): Promise<Trouble> => {
  const role = `poor_${randomBytes(6).toString('hex')}`
  await stage.database.query(`create role ${role} login password 'secret'`)
  await stage.database.query(`grant select, insert, update, delete on all tables in schema public to ${role}`)
  await stage.database.query(`grant usage on all sequences in schema public to ${role}`)
  const server = openServer()
  onTestFinished(async () => {
    await server.query(`drop role ${role}`)
  })
  const url = new URL(stage.databaseUrl)
  url.username = role
  url.password = 'secret'
  await stage.restart({ DATABASE_URL: url.href, MIGRATE: 'off' })
  return sql(`revoke insert on inbox, tally from ${role}`, `grant insert on inbox, tally to ${role}`)
}

/** The database is dropped and created again, as when a backup is restored. */
const aRestore = async (): Promise<Trouble> => {
  const server = openServer()
  const name = new URL(stage.databaseUrl).pathname.slice(1)
  const copy = async (): Promise<unknown> => {
    await server.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
    return server.query(`create database backup_of_${name} template ${name}`)
  }
  return {
    begin: async () => {
      await server.query(`alter database ${name} with allow_connections false`)
      // A connection that was being opened is in pg_stat_activity only later, and Postgres copies no database that is in use.
      await vi.waitFor(copy, { timeout: 30_000 })
      await server.query(`drop database ${name} with (force)`)
    },
    end: async () => {
      await server.query(`create database ${name} template backup_of_${name}`)
      await server.query(`drop database backup_of_${name}`)
    },
  }
}

const readOnly = async (): Promise<Trouble> => {
  const name = new URL(stage.databaseUrl).pathname.slice(1)
  const others = `select pg_terminate_backend(pid) from pg_stat_activity
                  where datname = current_database() and pid <> pg_backend_pid()`
  const set = async (to: 'on' | 'off') => {
    await stage.database.query('set default_transaction_read_only = off')
    await stage.database.query(`alter database ${name} set default_transaction_read_only = ${to}`)
    await stage.database.query(others)
  }
  return { begin: () => set('on'), end: () => set('off') }
}

const troubles: Readonly<Record<string, () => Promise<Trouble>>> = {
  'a table is dropped and made again': async () =>
    sql('drop table tally', 'create table tally (parcel_id uuid primary key, state jsonb not null)'),
  'a column is missing': async () =>
    sql('alter table tally rename column state to other', 'alter table tally rename column other to state'),
  'the schema is missing': async () =>
    sql('alter schema public rename to elsewhere', 'alter schema elsewhere rename to public'),
  'a grant is missing': aPoorRole,
  'the database is dropped and restored': aRestore,
  'the server takes no writes': readOnly,
}

describe.each(Object.keys(brokers) as (keyof typeof brokers)[])('on %s, while', (kind) => {
  it.each(Object.keys(troubles))('%s, messages wait without losing an attempt', { timeout: 60_000 }, async (name) => {
    stage = await openStage(kind) // one attempt only, so that any counted attempt shows
    const trouble = await troubles[name]?.()
    await trouble?.begin()
    const messages = [placed(), placed(), placed()]
    const sent = messages.map(sendUntilConfirmed)
    await vi.waitUntil(() => waited().length > 1, { timeout: 20_000, interval: 20 })
    await trouble?.end()
    const tallied = async () =>
      (await stage.database.query<{ id: string }>('select parcel_id as id from tally')).map(({ id }) => id).sort()
    await vi.waitFor(async () => expect(await tallied()).toEqual(messages.map(({ subject }) => subject).sort()), {
      timeout: 20_000,
    })
    await Promise.all(sent)
    await vi.waitFor(() => expect(stage.done).toHaveLength(3), { timeout: 20_000 })
    expect(failed()).toEqual([])
    expect(await stage.database.query('select reason from dead_letter')).toEqual([])
  })
})

it('requests are answered with Retry-After until the missing object exists', async () => {
  stage = await openStage('the in-process broker')
  expect((await stage.call('GET', '/dead-letters')).status).toBe(200)
  await stage.database.query('alter table dead_letter rename to mislaid')
  const { status, headers } = await stage.call('GET', '/dead-letters')
  expect([status, headers.get('retry-after')]).toEqual([503, '1'])
  expect(refused()).toHaveLength(1)
  await stage.database.query('alter table mislaid rename to dead_letter')
  expect((await stage.call('GET', '/dead-letters')).status).toBe(200)
})

/** Puts a message into the retry queue that is due now, and that was redelivered three times without being settled. */
const sendSuspect = async (suspect: Message): Promise<void> => {
  const { body = Buffer.alloc(0), ...wire } = onTheWire(suspect)
  await stage.database.query(
    `insert into retry (queue, exchange, message, body, attempts, deaths, due_at)
     values ('tallier.inbox', 'counter.events', $1, $2, 0, 3, now())`,
    [JSON.stringify({ ...wire, appId: 'counter', contentType: '', timestamp: noon.toISOString() }), body],
  )
}

it('a suspect waits too, and the process continues', async () => {
  stage = await openStage('the in-process broker')
  await stage.database.query('alter table suspect rename to mislaid')
  const suspect = placed()
  await sendSuspect(suspect)
  const taken = async () => (await stage.database.query('select 1 from retry where taken')).length > 0
  await vi.waitUntil(taken, { timeout: 10_000 })
  const neighbour = placed()
  await stage.send(onTheWire(neighbour))
  const tallied = async (id: string) =>
    (await stage.database.query('select 1 from tally where parcel_id = $1', [id])).length
  await vi.waitFor(async () => expect(await tallied(neighbour.subject)).toBe(1), { timeout: 10_000 })
  await stage.database.query('alter table mislaid rename to suspect')
  await vi.waitFor(async () => expect(await tallied(suspect.subject)).toBe(1), { timeout: 10_000 })
})

it('a suspect whose parcel is locked makes room for the next one, and is handled later', {
  timeout: 30_000,
}, async () => {
  stage = await openStage('the in-process broker')
  const [locked, next] = [placed(), placed()]
  const holder = openDatabase({
    url: stage.databaseUrl,
    applicationName: 'holder',
    idleInTransactionMs: 60_000,
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
  const begun = async () => (await stage.database.query('select 1 from suspect')).length > 0
  const tallied = async (id: string) =>
    expect(await stage.database.query('select 1 from tally where parcel_id = $1', [id])).toHaveLength(1)
  try {
    await sendSuspect(locked)
    await vi.waitUntil(begun, { timeout: 10_000, interval: 5 })
    await sendSuspect(next)
    await vi.waitFor(() => tallied(next.subject), { timeout: 10_000 })
  } finally {
    released.resolve()
  }
  await lock
  await vi.waitFor(() => tallied(locked.subject), { timeout: 20_000 })
  expect(await stage.database.query('select reason from dead_letter')).toEqual([])
})
