import { expect, test } from 'vitest'
import { runLoad } from '../src/load/load.ts'
import { orderBody, skusOf } from '../src/load/order-body.ts'
import type { Shop } from '../src/load/shop.ts'

const ends = { begin: async () => undefined, end: () => undefined }

/** A shop that settles an order at the second query after it was placed. */
const openMemoryShop = (place: (number: number) => Promise<void> = async () => undefined) => {
  const queries = new Map<string, number>()
  let placed = 0
  let mostOpen = 0
  const shop: Shop = {
    backendPid: 0,
    place: async () => {
      placed += 1
      const id = String(placed)
      mostOpen = Math.max(mostOpen, queries.size + 1)
      queries.set(id, 0)
      await place(placed)
      return id
    },
    settled: async (ids) => {
      for (const id of ids) queries.set(id, (queries.get(id) ?? 0) + 1)
      const settled = ids.filter((id) => (queries.get(id) ?? 0) >= 2)
      for (const id of settled) queries.delete(id)
      return settled
    },
    tryToPlace: () => Promise.reject(new Error('not used')),
    count: () => Promise.reject(new Error('not used')),
    close: async () => undefined,
  }
  return { shop, placed: () => placed, mostOpen: () => mostOpen }
}

test('a closed loop keeps the orders in flight, and ends when all are settled', async () => {
  const { shop, placed, mostOpen } = openMemoryShop()
  const { accepted, orders, settledMs } = await runLoad(shop, { kind: 'closed', inFlight: 7, ms: 100 }, ends)
  expect(mostOpen()).toBe(7)
  expect(accepted).toBe(placed())
  expect(orders).toBe(settledMs.length)
  expect(orders).toBeLessThan(accepted) // those before the window do not count
})

test('what a load is measured with ends with the window, and not before', async () => {
  const { shop } = openMemoryShop()
  const begun = performance.now()
  let endedMs = 0
  const end = () => {
    endedMs = performance.now() - begun
  }
  const { ms } = await runLoad(shop, { kind: 'closed', inFlight: 200, ms: 100 }, { ...ends, end })
  expect(endedMs).toBeGreaterThan(ms) // the orders before the window take time, too
})

test('an open loop places its orders however slow the system is', async () => {
  const { promise: released, resolve: release } = Promise.withResolvers<void>()
  const { shop, placed } = openMemoryShop(async (number) => {
    if (number === 20)
      release() // all others wait until the last one has been placed
    else await released
  })
  const { orders, acceptedMs, settledMs, lateMs } = await runLoad(shop, { kind: 'open', perSecond: 200, ms: 100 }, ends)
  expect([orders, placed(), acceptedMs.length, settledMs.length, lateMs.length]).toEqual([20, 20, 20, 20, 20])
  expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...acceptedMs)).toBeGreaterThan(90) // the first one waited for the last
})

test.each([
  { kind: 'closed', inFlight: 2, ms: 50 },
  { kind: 'open', perSecond: 100, ms: 50 },
] as const)('a load with a rejected order fails: %j', async (load) => {
  const { shop } = openMemoryShop((number) => (number === 3 ? Promise.reject(new Error('503')) : Promise.resolve()))
  await expect(runLoad(shop, load, ends)).rejects.toThrow('503')
})

test('orders have as many lines as wanted, each with another SKU', () => {
  const { lines } = JSON.parse(orderBody(3, { skus: 1_000, lines: 50 })) as { lines: { sku: string }[] }
  expect(new Set(lines.map(({ sku }) => sku)).size).toBe(50)
  expect(skusOf({ skus: 1_000, lines: 50 })).toEqual(expect.arrayContaining(lines.map(({ sku }) => sku)))
  expect(JSON.parse(orderBody(3, { skus: 1, lines: 1 }))).toMatchObject({ lines: [{ sku: 'bench-0' }] })
})
