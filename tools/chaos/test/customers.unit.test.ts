import { seeded } from '@quadrille/testing'
import { expect, test } from 'vitest'
import { serveCustomers } from '../src/load/customers.ts'

test('a customer that fails is an error of the load, and is not left out', async () => {
  const accepted = { status: 202, headers: {}, body: null } // without the id of the order
  const place = async () => accepted
  const times = [0, 1]
  await expect(
    serveCustomers({
      shop: { place, placeOther: place, cancel: place },
      tracker: {
        add: (order, orderId, placedAtMs) => ({ ...order, orderId, placedAtMs, settledAtMs: null, ending: null }),
      },
      random: seeded(1),
      now: () => times.shift() ?? 100,
      signal: new AbortController().signal,
      ...{ perSecond: 1_000, untilMs: 100, expiringUntilMs: 0 },
    }),
  ).rejects.toThrow(TypeError)
})
