/** A burst of 2,000 orders: payment is scaled by its hint, and no order is lost or charged twice. */
import { expect, test } from 'vitest'
import { problemsOf } from '../../patterns/load-levelling/results.ts'
import { rules, runBurst } from '../../patterns/load-levelling/run.ts'
import { openServers } from '../../src/systems/servers.ts'

const orders = 2_000

test('a burst takes one payment worker to several, within the bound, and back to one', async () => {
  await using servers = openServers()
  const burst = await runBurst({ servers, orders, log: () => undefined })
  const numbers = burst.samples.map(({ instances }) => instances)
  expect(Math.max(...numbers)).toBeGreaterThan(1)
  expect(Math.max(...numbers)).toBeLessThanOrEqual(rules.max)
  expect(numbers.at(-1)).toBe(1)
  expect(burst).toMatchObject({ accepted: orders, captures: orders, wrong: null })
  expect(burst.exitCodes.length).toBeGreaterThan(0)
  expect(new Set(burst.exitCodes)).toEqual(new Set([0]))
  expect(problemsOf(burst, { orders, rules })).toEqual([])
})
