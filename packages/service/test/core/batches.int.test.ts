import { openDatabase } from '@quadrille/postgres'
import { beforeCommit, noon, proxyTo } from '@quadrille/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, onTestFinished, vi } from 'vitest'
import { IdConflict } from '../../src/core/batch.ts'
import type { Reacted } from '../../src/core/batch-runner.ts'
import { createTracing } from '../../src/telemetry/tracing.ts'
import { newParcelId } from '../post.ts'
import { parcelRecalled, parcelSent } from '../tally/parcels.ts'
import { startTally, type TallyService } from '../tally/tally.ts'
import { type Instance, instanceOn } from '../tally/tally-instance.ts'

let tally: TallyService
beforeAll(async () => {
  tally = await startTally(inject('postgresUrl'))
})
beforeEach(() => tally.clear())
afterAll(() => tally.drop())

/** All at once, so that they form one batch. */
const handle = (reactor: Instance, items: ReturnType<typeof parcelSent>[]): Promise<Reacted[]> =>
  Promise.all(items.map((item) => reactor({ decoded: item, patient: true })))

const many = (count: number) => Array.from({ length: count }, () => parcelSent())
const statuses = (outcomes: readonly Reacted[]) =>
  Object.fromEntries([...Map.groupBy(outcomes, ({ status }) => status)].map(([k, v]) => [k, v.length]))
const transactions = () => tally.statements().filter((text) => text === 'begin').length

const handlePromptly = (items: ReturnType<typeof parcelSent>[]): Promise<Reacted[]> => {
  const reactor = tally.instance()
  return Promise.all(items.map((item) => reactor({ decoded: item, patient: false })))
}

/** Runs PL/pgSQL at each insert of a parcel. `tries` counts the inserts, also those that were rolled back. */
const raiseAtInserts = async (statement: string) => {
  await tally.database.query('create sequence tried')
  onTestFinished(async () => {
    await tally.database.query('drop sequence tried')
    await tally.database.query('drop function raising cascade')
  })
  await tally.database.query(
    `create function raising() returns trigger language plpgsql as $$
     declare tries bigint := nextval('tried'); begin ${statement}; return new; end $$`,
  )
  await tally.database.query('create trigger raising before insert on tally for each row execute function raising()')
  tally.statements()
}

/** The last statement of the connections that are named `behind`, which are in a transaction. */
const lastStatement = async (): Promise<string | undefined> => {
  const [row] = await tally.database.query<{ query: string }>(
    `select query from pg_stat_activity where application_name = 'behind' and state = 'idle in transaction'`,
  )
  return row?.query
}

describe('a batch', () => {
  it('runs the same number of statements for one message and for a hundred', async () => {
    const reactor = tally.instance()
    await handle(reactor, many(1))
    const forOne = tally.statements()
    await handle(reactor, many(100))
    expect(tally.statements()).toEqual(forOne)
    expect(forOne).toHaveLength(7) // begin, claims, inbox, load; inbox, save, outbox with the commit
    expect(await tally.tallies()).toHaveLength(101)
    expect(await tally.outbox()).toBe(101)
  })

  it('sends begin, claims, inbox lookup and load without waiting for a response', async () => {
    const proxy = await proxyTo(tally.url)
    onTestFinished(() => proxy.close())
    const behind = openDatabase({ url: proxy.url, applicationName: 'behind', max: 1, onIdleError: () => undefined })
    onTestFinished(() => behind.end())
    const reactor = tally.instance(behind)
    await handle(reactor, many(1))
    proxy.hold('to the client')
    const handled = handle(reactor, many(1))
    await expect.poll(lastStatement).toMatch(/^select parcel_id/)
    proxy.release()
    expect(statuses(await handled)).toEqual({ applied: 1 })
  })

  it('needs no second transaction for the other messages if a reaction throws', async () => {
    const outcomes = await handle(tally.instance(), [...many(50), parcelSent('throws'), ...many(49)])
    expect(statuses(outcomes)).toEqual({ applied: 99, failed: 1 })
    expect(outcomes[50]).toMatchObject({ status: 'failed', error: { message: 'the parcel was rejected' } })
    expect(transactions()).toBe(1)
    expect(await tally.tallies()).toHaveLength(99)
    expect(await tally.outbox()).toBe(99)
  })

  it('can apply a message after its reaction has thrown', async () => {
    const reactor = tally.instance()
    const bad = parcelSent('throws')
    expect(statuses(await handle(reactor, [bad]))).toEqual({ failed: 1 })
    expect(statuses(await handle(reactor, [bad]))).toEqual({ failed: 1 })
  })

  it('finds the one message of a hundred that makes the transaction fail in about 2·log₂ 100 transactions', async () => {
    const outcomes = await handle(tally.instance(), [...many(70), parcelSent('breaks'), ...many(29)])
    expect(statuses(outcomes)).toEqual({ applied: 99, failed: 1 })
    expect(outcomes[70]).toMatchObject({
      status: 'failed',
      error: { message: expect.stringContaining('check constraint') },
    })
    expect(transactions()).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(100)) + 1)
    expect(await tally.tallies()).toHaveLength(99)
  })

  it('finds the one message of 128 whose conflict persists without repeating each part of the batch', async () => {
    const items = [...many(70), parcelSent(), ...many(57)]
    await raiseAtInserts(`if new.parcel_id = '${items[70]?.message.subject}' then raise unique_violation; end if`)
    const outcomes = await handlePromptly(items)
    expect(statuses(outcomes)).toEqual({ applied: 127, failed: 1 })
    expect(outcomes[70]).toMatchObject({ status: 'failed', error: { code: '23505' } })
    expect(transactions()).toBeLessThan(35) // 8 of the batch, 2 of each smaller size, and 8 of the message
  })

  it('tries few messages if Postgres is out of memory for each of them', async () => {
    await raiseAtInserts("raise 'out of memory' using errcode = '53200'")
    expect(statuses(await handlePromptly(many(128)))).toEqual({ unavailable: 128 })
    expect(transactions()).toBeLessThan(20)
  })

  it('stops at an outage of Postgres that begins after the split', async () => {
    await raiseAtInserts(
      `case when tries <= 2 then raise check_violation; when tries > 34 then raise disk_full; else null; end case`,
    )
    expect(statuses(await handlePromptly(many(128)))).toEqual({ applied: 32, unavailable: 96 })
    expect(transactions()).toBe(4) // of 128, 64, 32 and 32
  })

  it('reports each committed step once, even if the batch was split, and no failed step', async () => {
    const reactor = tally.instance()
    const one = parcelSent()
    const fine = [one, ...many(40)]
    const all = [...fine, parcelSent('breaks'), parcelSent('throws')]
    await handle(reactor, all)
    expect(tally.committed.map(({ message }) => message)).toEqual(fine.map(({ message }) => message))
    await handle(reactor, all)
    await handle(reactor, [parcelRecalled(one.message.subject)])
    expect(tally.committed).toHaveLength(fine.length + 1)
    expect(tally.committed.at(-1)).toMatchObject({ before: { events: 1 }, after: { events: 2 } })
  })

  it('reports no step whose commit failed, and reports its steps once after a retry', async () => {
    let refusals = 2
    const refusing = beforeCommit(tally.database, async (sql) => {
      if (refusals-- > 0) await sql.query('do $$ begin raise serialization_failure; end $$')
    })
    expect(statuses(await handle(tally.instance(refusing), many(3)))).toEqual({ applied: 3 })
    expect(tally.committed).toHaveLength(3)
  })

  it('applies a message once, whether it is repeated in the batch or later', async () => {
    const reactor = tally.instance()
    const one = parcelSent()
    expect(statuses(await handle(reactor, [one, parcelSent('fine', one.message.subject), ...many(3)]))).toEqual({
      applied: 4,
      duplicate: 1,
    })
    expect(statuses(await handle(reactor, [one]))).toEqual({ duplicate: 1 })
    expect((await tally.tallies()).every(({ events }) => events === 1)).toBe(true)
  })

  it('applies messages in their order, even if the first is repeated after the second', async () => {
    const sent = parcelSent()
    await handle(tally.instance(), [sent, parcelRecalled(sent.message.subject), sent])
    expect(tally.committed.map(({ message }) => message.type)).toEqual(['ParcelSent', 'ParcelRecalled'])
  })

  it('returns the state after each message, and the current state for a duplicate', async () => {
    const reactor = tally.instance()
    const one = parcelSent()
    const parcelId = one.message.subject
    expect(await handle(reactor, [one, parcelRecalled(parcelId)])).toEqual([
      { status: 'applied', state: { parcelId, events: 1, weight: 1 } },
      { status: 'applied', state: { parcelId, events: 2, weight: 1 } },
    ])
    expect(await handle(reactor, [one])).toEqual([{ status: 'duplicate', state: { parcelId, events: 2, weight: 1 } }])
  })

  it('fails a message with a known id and different content', async () => {
    const reactor = tally.instance()
    const one = parcelSent()
    await handle(reactor, [one])
    const [outcome] = await handle(reactor, [{ ...one, hash: 'another' }])
    expect(outcome).toMatchObject({ status: 'failed', error: expect.any(IdConflict) })
  })

  it('applies a message whose id another message has, about another parcel', async () => {
    const reactor = tally.instance()
    const [one, other] = [parcelSent(), parcelSent()]
    await handle(reactor, [one])
    const sameId = { ...other, message: { ...other.message, id: one.message.id } }
    expect(statuses(await handle(reactor, [one, sameId]))).toEqual({ duplicate: 1, applied: 1 })
    expect(await tally.tallies()).toHaveLength(2)
  })
})

describe('two instances', () => {
  it('compete for the same new parcels, and neither lose nor repeat a message', async () => {
    const [left, right] = [tally.instance(), tally.instance()]
    const ids = Array.from({ length: 200 }, () => newParcelId())
    const rounds = await Promise.all([
      handle(
        left,
        ids.map((id) => parcelSent('fine', id)),
      ),
      handle(right, ids.toReversed().map(parcelRecalled)),
      handle(
        right,
        ids.map((id) => parcelSent('fine', id)),
      ),
      handle(left, ids.map(parcelRecalled)),
    ])
    expect(statuses(rounds.flat())).toEqual({ applied: 400, duplicate: 400 })
    const tallies = await tally.tallies()
    expect(tallies).toHaveLength(200)
    expect(tallies.every(({ events }) => events === 2)).toBe(true)
    expect(await tally.outbox()).toBe(200)
    expect(tally.committed).toHaveLength(400) // although the second transaction on a row had to begin again
  })
})

describe('without Postgres', () => {
  it('a request fails at once, even while a delivery waits', async () => {
    const onIdleError = () => undefined
    const nowhere = openDatabase({ url: 'postgres://127.0.0.1:1/none', applicationName: 'tally', onIdleError })
    const stopping = new AbortController()
    const reactor = instanceOn(nowhere, { stopping })
    const delivery = reactor({ decoded: parcelSent(), patient: true })
    const outcome = await reactor({ decoded: parcelSent(), patient: false })
    expect(outcome).toMatchObject({ status: 'unavailable', error: { name: 'Unavailable' } })
    stopping.abort()
    expect(await delivery).toMatchObject({ status: 'unavailable', error: { name: 'Unavailable' } })
    await nowhere.end()
  })

  it('a delivery is handled once, despite many attempts', async () => {
    const proxy = await proxyTo(tally.url)
    proxy.refuse()
    const behind = openDatabase({ url: proxy.url, applicationName: 'tally', onIdleError: () => undefined })
    const onOutage = vi.fn()
    const tracing = createTracing({ service: 'depot', system: 'none', now: () => noon })
    const process = vi.spyOn(tracing, 'process')
    const delivery = instanceOn(behind, { tracing, onOutage })({ decoded: parcelSent(), patient: true })
    await expect.poll(() => onOutage.mock.calls.length).toBeGreaterThan(2)
    proxy.accept()
    expect(await delivery).toMatchObject({ status: 'applied' })
    expect(process).toHaveBeenCalledOnce()
    await behind.end()
    await proxy.close()
  })
})
