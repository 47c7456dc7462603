/** The states that `POST /states` folds from an order's history end in the state that each service really has. */
import { type Message, shop } from '@quadrille/events'
import { inventory } from '@quadrille/inventory'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import type { ServiceDefinition } from '@quadrille/service'
import { createFoldEvents, type WorkingSet } from '@quadrille/service/tools'
import { shipping } from '@quadrille/shipping'
import { sized } from '@quadrille/testing'
import { expect, it } from 'vitest'
import { firstSeed } from './first-seed.ts'
import type { MemoryWorld } from './memory-world.ts'
import { runInMemory } from './run-in-memory.ts'

const histories = sized({ quick: 100, full: 2_000 })

/** As the order service stores it: as JSON, without the payment method. */
const asStored = (event: Message) => {
  const { payment: _, ...data } = event.data as { payment?: unknown }
  return JSON.parse(JSON.stringify({ ...event, data }))
}

/** The state after the last event, and the real one. Null if the events show that the service handled them in another order. */
const compare = <State, Config>(
  definition: ServiceDefinition<State, Config>,
  set: WorkingSet<State>,
  history: readonly Message[],
) => {
  const foldEvents = createFoldEvents(definition)
  const [first] = history
  if (!foldEvents || !definition.statesFromEvents || !first)
    throw new Error(`${definition.model.name} shows no states.`)
  const items = [...foldEvents(history.map(asStored))]
  expect(items.filter(({ outcome }) => outcome === 'failed' || outcome === 'unreadable')).toEqual([])
  const actual = shop.redact(definition.statesFromEvents.shown(set.of(first)))
  if (items.some(({ detail }) => detail?.startsWith('The service has handled'))) return null
  return { service: definition.model.name, folded: items.at(-1)?.after ?? null, actual }
}

const compareAll = (world: MemoryWorld, history: readonly Message[]) => [
  compare(order, world.orders, history),
  compare(payment, world.payments, history),
  compare(inventory, world.inventory, history),
  compare(shipping, world.shipments, history),
  resultsOf(compare(notification, world.notifications, history)),
]

interface Shown {
  readonly notifications: readonly { readonly occasion: string; readonly status: string }[]
}

/** Notifications without those that are pending: an event that was overtaken may have no notification in reality. */
const resultsOf = (compared: ReturnType<typeof compare>) => {
  const results = (shown: unknown) =>
    ((shown as Shown | null)?.notifications ?? [])
      .filter(({ status }) => status !== 'pending')
      .toSorted((a, b) => a.occasion.localeCompare(b.occasion))
  return compared && { ...compared, folded: results(compared.folded), actual: results(compared.actual) }
}

it(`the folded states end in the real ones in ${histories} random histories`, async () => {
  const first = firstSeed()
  const compared: { seed: number; history: readonly Message[]; each: ReturnType<typeof compare> }[] = []
  for (let seed = first; seed < first + histories; seed += 1) {
    const { world } = await runInMemory(seed)
    const ofOrders = [...world.histories.values()].filter(({ length }) => length > 0)
    compared.push(...ofOrders.flatMap((history) => compareAll(world, history).map((each) => ({ seed, history, each }))))
  }
  for (const { seed, history, each } of compared) {
    const about = `HISTORIES_SEED=${seed}, ${each?.service}: ${history.map(({ type }) => type).join(' ')}`
    expect(each?.folded, about).toEqual(each?.actual)
  }
  const inAnotherOrder = compared.filter(({ each }) => each === null).length
  console.log(`${compared.length} states, ${inAnotherOrder} not shown, because events have overtaken each other`)
  expect(inAnotherOrder / compared.length).toBeLessThan(0.02)
})
