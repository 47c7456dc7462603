/** Finding, grouping, counting and settling dead letters. */
import type { DeadLetter } from '@quadrille/messaging'
import type { Database, Sql } from '@quadrille/postgres'
import { planOf, statementsOf } from '@quadrille/testing'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { DeadLetterFilter } from '../../../src/dead-letters/table/filter.ts'
import { operationsOf, recordOperations } from '../../../src/dead-letters/table/operations.ts'
import {
  countDeadLetters,
  countDeadLettersByQueue,
  groupDeadLetters,
  listDeadLetters,
  listOldestParked,
} from '../../../src/dead-letters/table/reading.ts'
import { settleDeadLetters } from '../../../src/dead-letters/table/settling.ts'
import { deadLetterTable } from '../../../src/dead-letters/table/store.ts'
import { aDeadLetter, openDatabaseOfDeadLetters, subject } from './a-database.ts'

let database: Database
let close: () => Promise<void>
beforeAll(async () => {
  ;({ database, close } = await openDatabaseOfDeadLetters())
})
beforeEach(() => database.query('delete from dead_letter'))
afterAll(() => close())

const park = async (...deadLetters: DeadLetter[]): Promise<string[]> => {
  await deadLetterTable(database).add(deadLetters)
  return deadLetters.map(({ id }) => id)
}

const find = async (
  filter: DeadLetterFilter,
  page = { after: null, limit: 100 } as { after: string | null; limit: number },
) => (await listDeadLetters(database, filter, page)).map(({ id }) => id)

describe('the list', () => {
  it('is returned in pages, the newest first, even while dead letters are added and settled', async () => {
    const ids = await park(...Array.from({ length: 5 }, () => aDeadLetter()))
    expect(await find({}, { after: null, limit: 2 })).toEqual([ids[4], ids[3]])
    await park(aDeadLetter())
    await database.query('delete from dead_letter where id = $1', [ids[3]])
    expect(await find({}, { after: ids[3] ?? null, limit: 9 })).toEqual([ids[2], ids[1], ids[0]])
  })

  it('is limited by each filter, and by all together', async () => {
    const stack = 'Error\n    at charge (/elsewhere/gateway.ts:1:2)'
    const [other] = await park(
      aDeadLetter({ reason: 'not_json', queue: 'desk.tasks', stack }, { type: '', correlationId: 'x' }),
    )
    const [mine] = await park(aDeadLetter())
    await settleDeadLetters(database, { ids: [other ?? ''] }, { as: 'discarded', limit: 1 })
    expect(await find({ status: 'parked' })).toEqual([mine])
    expect(await find({ status: 'discarded' })).toEqual([other])
    expect(await find({ reason: 'not_json' })).toEqual([other])
    expect(await find({ type: ['BooksLent'] })).toEqual([mine])
    expect(await find({ type: ['BooksLent', ''] })).toEqual([mine, other])
    expect(await find({ queue: 'desk.tasks' })).toEqual([other])
    expect(await find({ subject })).toEqual([mine])
    expect(await find({ place: 'charge (/elsewhere/gateway.ts:1)' })).toEqual([other])
    expect(await find({ place: '' })).toEqual([mine])
    const [soon, earlier] = [new Date(Date.now() + 60_000), new Date(Date.now() - 60_000)]
    expect(await find({ from: earlier, to: soon })).toEqual([mine, other])
    expect([await find({ from: soon }), await find({ to: earlier })]).toEqual([[], []])
    expect(await find({ status: 'parked', reason: 'attempts_exhausted', subject, from: earlier })).toEqual([mine])
    expect(await find({ status: 'parked', reason: 'not_json' })).toEqual([])
  })
})

describe('groups', () => {
  it('have the error of their newest dead letter, the largest group first', async () => {
    const stack = 'Error\n    at charge (/elsewhere/gateway.ts:1:2)'
    const alike = ['no such loan', 'no such loan', 'a new error'].map((error) => aDeadLetter({ stack, error }))
    await park(...alike, aDeadLetter(), aDeadLetter({ reason: 'not_json' }))
    const groups = await groupDeadLetters(database, { status: 'parked' }, 10)
    expect(groups.map(({ reason, place, count }) => [reason, place, count])).toEqual([
      ['attempts_exhausted', 'charge (/elsewhere/gateway.ts:1)', 3],
      ['attempts_exhausted', null, 1],
      ['not_json', null, 1],
    ])
    expect(groups[0]?.error).toBe('a new error')
    expect(groups[0]?.oldest.getTime()).toBeLessThanOrEqual(groups[0]?.newest.getTime() ?? 0)
    expect(await groupDeadLetters(database, { reason: 'not_json' }, 10)).toHaveLength(1)
  })
})

describe('the counts by queue', () => {
  it('include queues that the service does not have, up to a limit, and only what is parked', async () => {
    expect(await countDeadLettersByQueue(database, 10)).toEqual([])
    const [settled = ''] = await park(aDeadLetter({ queue: 'desk.settled' }))
    await settleDeadLetters(database, { ids: [settled] }, { as: 'discarded', limit: 1 })
    await park(aDeadLetter(), aDeadLetter({ queue: 'desk.events' }), aDeadLetter(), aDeadLetter())
    expect(await countDeadLettersByQueue(database, 2)).toEqual([
      { queue: 'desk.events', count: 1 },
      { queue: 'desk.inbox', count: 2 },
    ])
  })
})

describe('settling', () => {
  it('takes the oldest first, and each only once, even with concurrent requests', async () => {
    const ids = await park(...Array.from({ length: 100 }, () => aDeadLetter()))
    const [first] = await Promise.all([settleDeadLetters(database, {}, { as: 'replayed', limit: 10 })])
    expect(first?.map(({ id }) => id)).toEqual(ids.slice(0, 10))
    const rounds = Array.from({ length: 8 }, () => settleDeadLetters(database, {}, { as: 'replayed', limit: 50 }))
    const settled = (await Promise.all(rounds)).flat()
    expect(settled.map(({ id }) => id).toSorted()).toEqual(ids.slice(10))
    expect(settled.every(({ status }) => status === 'replayed')).toBe(true)
    expect(await settleDeadLetters(database, { ids }, { as: 'discarded', limit: 100 })).toEqual([])
  })

  it('skips none that another session previews', async () => {
    const ids = await park(...Array.from({ length: 3 }, () => aDeadLetter()), aDeadLetter({ reason: 'not_json' }))
    const filter = { reason: 'attempts_exhausted' }
    const settled = await database.transaction(async (sql) => {
      const previewed = await listOldestParked(sql, filter, 2)
      expect(previewed.map(({ id }) => id)).toEqual(ids.slice(0, 2))
      return settleDeadLetters(database, filter, { as: 'replayed', limit: 2 })
    })
    expect(settled.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect((await listOldestParked(database, {}, 9)).map(({ id }) => id)).toEqual(ids.slice(2))
  })

  it('leaves dead letters parked if its transaction is rolled back', async () => {
    const ids = await park(aDeadLetter())
    const rolledBack = database.transaction(async (sql) => {
      expect(await settleDeadLetters(sql, { ids }, { as: 'replayed', limit: 1 })).toHaveLength(1)
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    expect(await find({ status: 'parked' })).toEqual(ids)
  })

  it('is recorded with operation, operator and note', async () => {
    const [deadLetterId = ''] = await park(aDeadLetter())
    await recordOperations(database, [deadLetterId], { operation: 'replay', operator: 'ada', note: null })
    await recordOperations(database, [deadLetterId], { operation: 'discard', operator: 'ada', note: 'a test' })
    expect(await operationsOf(database, deadLetterId)).toEqual([
      { operation: 'replay', operator: 'ada', note: null, at: expect.any(Date) },
      { operation: 'discard', operator: 'ada', note: 'a test', at: expect.any(Date) },
    ])
  })
})

describe('20,000 dead letters', () => {
  it('are counted, listed and grouped within the time limits', async () => {
    await database.query(
      `insert into dead_letter (id, message_id, type, queue, reason, error, attempts, first_failed_at, last_failed_at,
                                message, headers, body, parked_at)
       select lpad(to_hex(n), 32, '0')::uuid, n, 'LoanRequested', 'stacks.inbox', 'reason_' || n % 7, repeat('x', 500), 6,
              now(), now(), '{}', '{}', decode(repeat('ab', 500), 'hex'), now() - n * interval '1 ms'
       from generate_series(1, 20000) as n`,
    )
    await database.query('vacuum analyze dead_letter')
    /** The shorter of two runs: the first one includes planning, and another process may delay one. */
    const timed = async <T>(work: () => Promise<T>): Promise<[T, number]> => {
      let shortestMs = Number.POSITIVE_INFINITY
      for (let run = 1; ; run += 1) {
        const startedAt = performance.now()
        const result = await work()
        shortestMs = Math.min(shortestMs, performance.now() - startedAt)
        if (run === 2) return [result, shortestMs]
      }
    }
    const [counts, countMs] = await timed(() => countDeadLetters(database))
    expect(counts).toHaveLength(7)
    expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(20_000)
    expect(Math.max(...counts.map(({ oldestAgeMs }) => oldestAgeMs))).toBeGreaterThan(19_999)
    const [queues, queueMs] = await timed(() => countDeadLettersByQueue(database, 10_000))
    expect(queues).toEqual([{ queue: 'stacks.inbox', count: 10_000 }])
    const filter = { status: 'parked', reason: 'reason_3' } as const
    const [page, listMs] = await timed(() => listDeadLetters(database, filter, { after: null, limit: 50 }))
    expect(page).toHaveLength(50)
    const [groups, groupMs] = await timed(() => groupDeadLetters(database, { status: 'parked' }, 100))
    expect(groups).toHaveLength(7)
    const isFast = [countMs < 1_000, queueMs < 1_000, listMs < 1_000, groupMs < 2_000]
    expect(isFast, `${countMs}, ${queueMs}, ${listMs} and ${groupMs} ms`).toEqual([true, true, true, true])
    const plansOf = async (work: (sql: Sql) => Promise<unknown>) =>
      (await Promise.all((await statementsOf(work)).map((statement) => planOf(database, statement)))).join('\n')
    expect(await plansOf(countDeadLetters)).toContain('Index Only Scan using dead_letter_reason')
    expect(await plansOf((sql) => countDeadLettersByQueue(sql, 10_000))).toContain('WorkTable Scan')
    expect(await plansOf((sql) => listDeadLetters(sql, filter, { after: null, limit: 50 }))).not.toContain('Sort')
    expect(await plansOf((sql) => settleDeadLetters(sql, {}, { as: 'replayed', limit: 1 }))).toContain('InitPlan') // runs once
  })
})
