/** Rows that another session has locked, or has inserted without committing. */

import { type Database, openDatabase, type Sql } from '@quadrille/postgres'
import { beforeCommit } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest'
import type { Reacted } from '../../src/core/batch-runner.ts'
import { parcelRecalled, parcelSent } from '../tally/parcels.ts'
import { startTally, type TallyService } from '../tally/tally.ts'
import { type Instance, instanceOn } from '../tally/tally-instance.ts'

let tally: TallyService
beforeAll(async () => {
  tally = await startTally(inject('postgresUrl'))
})
beforeEach(() => tally.clear())
afterAll(() => tally.drop())

const many = (count: number) => Array.from({ length: count }, () => parcelSent())

const handle = (reactor: Instance, items: readonly ReturnType<typeof parcelSent>[]): Promise<Reacted[]> =>
  Promise.all(items.map((item) => reactor({ decoded: item, patient: true })))

/** The fastest of three tries: a pause of the machine may slow one down, a wait for a lock slows down all. */
const fastest = async (work: () => Promise<Reacted>): Promise<{ outcome: Reacted; tookMs: number }> => {
  const tries: { outcome: Reacted; tookMs: number }[] = []
  for (let done = 0; done < 3; done += 1) {
    const begun = performance.now()
    tries.push({ outcome: await work(), tookMs: performance.now() - begun })
  }
  return tries.reduce((best, other) => (other.tookMs < best.tookMs ? other : best))
}

/** Other connections, with this limit for idle transactions. */
const another = (idleInTransactionMs = 60_000): Database => {
  const database = openDatabase({
    url: tally.url,
    applicationName: 'another',
    idleInTransactionMs,
    onIdleError: () => undefined,
  })
  onTestFinished(() => database.end())
  return database
}

/** Runs statements in a transaction of another session, which stays open until the returned function is called. */
const hold = async (statements: (sql: Sql) => Promise<unknown>) => {
  const [held, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const holding = another().transaction(async (sql) => {
    await statements(sql)
    held.resolve()
    await released.promise
  })
  const release = async () => {
    released.resolve()
    await holding
  }
  onTestFinished(release)
  await Promise.race([held.promise, holding])
  return release
}

/** An instance whose transactions stop before their commit, as if its process were paused, until they are resumed. */
const stoppingInstance = (database: Database) => {
  const [stopped, resumed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const reactor = tally.instance(
    beforeCommit(database, async () => {
      stopped.resolve()
      await resumed.promise
    }),
  )
  onTestFinished(() => resumed.resolve())
  return { reactor, stopped: stopped.promise, resume: resumed.resolve }
}

/** The number of rounds with a few new parcels each. A round that waits for a lock takes a second. */
const rounds = 20
const withinMs = 8_000

const othersAreHandled = async (reactor: Instance): Promise<void> => {
  let applied = 0
  const handleRounds = async () => {
    for (let round = 0; round < rounds; round += 1)
      applied += (await handle(reactor, many(4))).filter(({ status }) => status === 'applied').length
  }
  void handleRounds()
  await waitFor(() => expect(applied).toBe(4 * rounds), { timeout: withinMs })
}

it('handles other parcels while another session holds the row locks of 16', async () => {
  const reactor = tally.instance()
  const parcels = many(16)
  await handle(reactor, parcels)
  const subjects = parcels.map(({ message }) => message.subject)
  const release = await hold((sql) =>
    sql.query('select 1 from tally where parcel_id = any($1::uuid[]) for update', [subjects]),
  )

  let settled = 0
  const waiting = subjects.map((id) =>
    reactor({ decoded: parcelRecalled(id), patient: true }).finally(() => (settled += 1)),
  )
  await othersAreHandled(reactor)
  expect(settled).toBe(0)
  await release()
  expect(await Promise.all(waiting)).toMatchObject(parcels.map(() => ({ status: 'applied' })))
})

it('rejects a request within a second if another session has locked its parcel', async () => {
  const reactor = tally.instance()
  const parcel = parcelSent()
  await handle(reactor, [parcel])
  const { subject } = parcel.message
  const release = await hold((sql) => sql.query('select 1 from tally where parcel_id = $1 for update', [subject]))
  const { outcome, tookMs } = await fastest(() => reactor({ decoded: parcelRecalled(subject), patient: false }))
  expect(tookMs).toBeLessThan(1_000)
  expect(outcome).toMatchObject({ status: 'not_now', error: { name: 'Unavailable' } })
  await release()
})

it('handles other parcels while another instance has inserted new ones and not committed', async () => {
  const { reactor: stopping, stopped, resume } = stoppingInstance(another())
  const parcels = many(16)
  const first = handle(stopping, parcels)
  await stopped

  const second = tally.instance()
  const again = handle(second, parcels)
  await othersAreHandled(second)
  resume()
  expect(await first).toMatchObject(parcels.map(() => ({ status: 'applied' })))
  expect(await again).toMatchObject(parcels.map(() => ({ status: 'duplicate' })))
})

it('lets a second instance handle the parcels of a paused one, which then commits none of its decisions', async () => {
  const { reactor: stopping, stopped, resume } = stoppingInstance(another(200))
  const parcels = many(4)
  const first = handle(stopping, parcels)
  await stopped
  expect(await handle(tally.instance(), parcels)).toMatchObject(parcels.map(() => ({ status: 'applied' })))
  resume()
  expect(await first).toMatchObject(parcels.map(() => ({ status: 'duplicate' })))
  expect((await tally.tallies()).map(({ events }) => events)).toEqual([1, 1, 1, 1])
})

it('removes a parcel from the batch if the batch ran into the lock timeout because of it', async () => {
  const reactor = tally.instance()
  const parcel = parcelSent()
  const { subject } = parcel.message
  const release = await hold((sql) =>
    sql.query('insert into tally (parcel_id, events, weight) values ($1, 1, 1)', [subject]),
  )
  const waiting = handle(reactor, [parcel])
  await waitFor(async () => expect(await lockWaits()).not.toEqual([]))
  await waitFor(async () => expect(await lockWaits()).toEqual([]), { interval: 5 }) // it has timed out
  await othersAreHandled(reactor)
  await release()
  expect(await waiting).toMatchObject([{ status: 'applied' }])
})

const lockWaits = () =>
  tally.database.query("select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()")

it('leaves no inbox row for messages that are postponed', async () => {
  const reactor = tally.instance()
  const parcel = parcelSent()
  await handle(reactor, [parcel])
  const cancellation = parcelRecalled(parcel.message.subject)
  const release = await hold((sql) => sql.query('select 1 from tally for update'))
  await reactor({ decoded: cancellation, patient: false })
  expect(await tally.database.query('select 1 from inbox where id = $1', [cancellation.message.id])).toEqual([])
  await release()
})

it('waits for a shared row again three seconds after a wait for it has timed out', async () => {
  const reactor = await tally.sharingInstance()
  const release = await hold((sql) => sql.query('select 1 from shared for update'))
  const waiting = handle(reactor, many(4))
  const seen = { fromMs: 0, toMs: 0 } // around the last query that has found a wait
  const waits = async (are: boolean) => {
    const fromMs = performance.now()
    const found = (await lockWaits()).length > 0
    if (found) Object.assign(seen, { fromMs, toMs: performance.now() })
    expect(found).toBe(are)
  }
  await waitFor(() => waits(true))
  await waitFor(() => waits(false))
  const timedOutMs = seen.fromMs // before it
  await waitFor(() => waits(true))
  expect(seen.toMs - timedOutMs).toBeGreaterThanOrEqual(2_900)
  await release()
  expect(statusesOf(await waiting)).toEqual(['applied', 'applied', 'applied', 'applied'])
})

describe('an error of Postgres that concerns one parcel', () => {
  const refuse = async (parcelId: string) => {
    const { database } = tally
    await database.query(
      `create function damaged() returns trigger language plpgsql as $$
       begin raise 'invalid page' using errcode = 'XX001'; end $$`,
    )
    const mend = () => database.query('drop function if exists damaged cascade')
    onTestFinished(async () => void (await mend()))
    await database.query(
      `create trigger damaged before insert on tally for each row when (new.parcel_id = '${parcelId}')
       execute function damaged()`,
    )
    return mend
  }

  it('does not delay events or requests of other parcels, and its message succeeds once Postgres accepts it', async () => {
    const reactor = tally.instance()
    const parcel = parcelSent()
    const mend = await refuse(parcel.message.subject)
    let settled = false
    const waiting = reactor({ decoded: parcel, patient: true }).finally(() => (settled = true))
    await othersAreHandled(reactor)
    expect(statusesOf(await Promise.all(many(20).map((item) => reactor({ decoded: item, patient: false }))))).toEqual(
      Array(20).fill('applied'),
    )
    expect(settled).toBe(false)
    await mend()
    expect(await waiting).toMatchObject({ status: 'applied' })
  })

  it('is found in a batch, and the rest of the batch is applied', async () => {
    const reactor = tally.instance()
    const parcels = many(16)
    const mend = await refuse(parcels[5]?.message.subject ?? '')
    const waiting = handle(reactor, parcels)
    await waitFor(async () => expect(await tally.tallies()).toHaveLength(15))
    await mend()
    expect(statusesOf(await waiting)).toEqual(Array(16).fill('applied'))
  })

  it('a request fails within a second', async () => {
    const parcel = parcelSent()
    await refuse(parcel.message.subject)
    const instance = tally.instance()
    const { outcome, tookMs } = await fastest(() => instance({ decoded: parcel, patient: false }))
    expect(tookMs).toBeLessThan(1_000)
    expect(outcome).toMatchObject({ status: 'not_now', error: { name: 'Unavailable', cause: { code: 'XX001' } } })
  })

  it('needs few transactions if all messages of the batch have it', async () => {
    const stopping = new AbortController() // so that there is one batch only
    const reactor = instanceOn(tally.database, { stopping, onStatementFault: () => stopping.abort() })
    await tally.database.query('alter table tally rename to mislaid')
    onTestFinished(async () => void (await tally.database.query('alter table mislaid rename to tally')))
    tally.statements()
    expect(statusesOf(await handle(reactor, many(128)))).toEqual(Array(128).fill('not_now'))
    expect(tally.statements().filter((text) => text === 'begin').length).toBeLessThan(20)
  })
})

const statusesOf = (outcomes: readonly Reacted[]) => outcomes.map(({ status }) => status)

it('rejects another message with the same id and subject, which another instance is applying, after that has committed', async () => {
  const stopping = stoppingInstance(another())
  const one = parcelSent()
  const first = stopping.reactor({ decoded: one, patient: true })
  await stopping.stopped
  const second = tally.instance()({ decoded: { ...one, hash: 'x' }, patient: true })
  stopping.resume()
  expect(await first).toMatchObject({ status: 'applied' })
  expect(await second).toMatchObject({ status: 'failed', error: { name: 'IdConflict' } })
  expect(await tally.tallies()).toHaveLength(1)
})
