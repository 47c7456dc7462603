/** Every order ends once, and money and stock add up, for any order of events. */
import { catalog } from '@quadrille/events'
import { sized } from '@quadrille/testing'
import { expect, it } from 'vitest'
import { firstSeed } from './first-seed.ts'
import { runInMemory } from './run-in-memory.ts'

const histories = sized({ quick: 1_000, full: 5_000 })

it(`the invariants hold in ${histories} random histories`, async () => {
  const first = firstSeed()
  console.log(`Histories from HISTORIES_SEED=${first}`)
  const seen = { orders: 0, fulfilled: 0, deliveries: 0 }
  const types = new Set<string>()
  for (let seed = first; seed < first + histories; seed += 1) {
    const { plan, published, delivered } = await runInMemory(seed)
    seen.orders += plan.orders.length
    seen.deliveries += delivered.size
    for (const { type } of published.values()) if (type === 'OrderFulfilled') seen.fulfilled += 1
    for (const { message } of delivered.values()) types.add(message.type)
    for (const { type } of published.values()) types.add(type)
  }
  console.log(`${histories} histories: ${JSON.stringify(seen)}`)
  const aboutOrders = Object.values(catalog).filter(({ subjectField }) => subjectField === undefined)
  expect([...types].toSorted()).toEqual(aboutOrders.map(({ type }) => type).toSorted()) // every message type occurred
})
