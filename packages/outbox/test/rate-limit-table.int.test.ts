import { expect, test } from 'vitest'
import { insertRateLimits, type RateLimit, takePermits } from '../src/index.ts'
import { useDatabase } from './a-database.ts'

const given = useDatabase()

/** So slow that no permit becomes available during the test. */
const slowest = 1e-6
const slow: RateLimit = { name: 'slow', perSecond: slowest }

const aDatabaseWith = async (...limits: readonly RateLimit[]) => {
  const { database } = given
  await insertRateLimits(database, limits)
  const take = async (wanted: number, from = limits) => takePermits(database, from, wanted)
  const passed = (seconds: number) =>
    database.query(`update rate_limit set full_at = full_at - $1::float * interval '1 second'`, [seconds])
  return { database, take, passed }
}

test("a full bucket has one second's worth of permits, and at least one", async () => {
  const { take } = await aDatabaseWith(slow, { name: 'fast', perSecond: 1_000 })
  expect(await take(5, [slow])).toMatchObject({ count: 1 })
  expect(await take(2_000, [{ name: 'fast', perSecond: 1_000 }])).toMatchObject({ count: 1_000 })
})

test('permits become available at the rate, and a bucket never has more than it holds', async () => {
  const limit = { name: 'some', perSecond: 0.01 }
  const { take, passed } = await aDatabaseWith(limit)
  expect(await take(3)).toMatchObject({ count: 1 })
  const empty = await take(3)
  expect(empty?.count).toBe(0)
  expect(empty?.nextInMs).toBeGreaterThan(40_000)
  expect(empty?.nextInMs).toBeLessThanOrEqual(100_000)
  await passed(101)
  expect(await take(3)).toMatchObject({ count: 1 })
  await passed(10_000)
  expect(await take(3)).toMatchObject({ count: 1 })
})

test('as many permits are taken as every bucket has, from each', async () => {
  const wide = { name: 'wide', perSecond: 3 }
  const { take, database } = await aDatabaseWith(wide, slow)
  expect(await take(5)).toMatchObject({ count: 1 })
  expect(await take(5)).toMatchObject({ count: 0 })
  const [row] = await database.query<{ taken: number }>(
    `select greatest(0, round(extract(epoch from full_at - clock_timestamp()) * 3))::integer as taken
     from rate_limit where name = 'wide'`,
  )
  expect([0, 1]).toContain(row?.taken) // one permit, which the bucket may have regained
})

test('a higher rate than before has an effect within a second, and gives no permits to the other bucket', async () => {
  const { take, database } = await aDatabaseWith(slow, { name: 'other', perSecond: slowest })
  expect(await take(1)).toMatchObject({ count: 1 })
  const raised = [
    { name: 'slow', perSecond: 100 },
    { name: 'other', perSecond: slowest },
  ]
  const first = await take(1, raised)
  expect(first?.count).toBe(0)
  expect(await take(1, [{ name: 'other', perSecond: slowest }])).toMatchObject({ count: 0 })
  const [row] = await database.query<{ inS: number }>(
    `select extract(epoch from full_at - clock_timestamp())::float as "inS" from rate_limit where name = 'slow'`,
  )
  expect(row?.inS).toBeLessThanOrEqual(2)
})

test('instances that take at the same time get no more than the bucket has', async () => {
  const limit = { name: 'shared', perSecond: 20 }
  const { take } = await aDatabaseWith(limit)
  const began = performance.now()
  const granted = await Promise.all(Array.from({ length: 40 }, () => take(3)))
  const added = ((performance.now() - began) / 1_000) * limit.perSecond
  const total = granted.reduce((sum, one) => sum + (one?.count ?? 0), 0)
  expect(total).toBeGreaterThanOrEqual(20)
  expect(total).toBeLessThanOrEqual(20 + Math.ceil(added))
})

test('a bucket keeps its permits when it is created again', async () => {
  const { take, database } = await aDatabaseWith(slow)
  await take(1)
  await insertRateLimits(database, [slow])
  expect(await take(1)).toMatchObject({ count: 0 })
})

test('a missing bucket is reported', async () => {
  const { take } = await aDatabaseWith(slow)
  expect(await take(1, [slow, { name: 'missing', perSecond: 1 }])).toBeUndefined()
  expect(await take(1)).toMatchObject({ count: 1 })
})
