/** The states that `POST /states` folds from an order's history are those that each service really had. */
import { type Message, type ServiceName, shop } from '@quadrille/events'
import { inventory } from '@quadrille/inventory'
import { notification } from '@quadrille/notification'
import { order } from '@quadrille/order'
import { payment } from '@quadrille/payment'
import type { ServiceDefinition, Step } from '@quadrille/service'
import { createFoldEvents } from '@quadrille/service/tools'
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

/**
 * The folded states and the real ones: after each event, if the service has handled them in this sequence, otherwise after the last one.
 * Of several events that one reaction published, only the last one shows the state that the reaction left.
 * Null if the events show that the service handled them in another sequence.
 */
const compare = <State, Config>(definition: ServiceDefinition<State, Config>, { world, history }: OrderHistory) => {
  const { statesFromEvents, model } = definition
  const foldEvents = createFoldEvents(definition)
  if (!foldEvents || !statesFromEvents) throw new Error(`${model.name} shows no states.`)
  const items = [...foldEvents(history.map(asStored))]
  expect(items.filter(({ outcome }) => outcome === 'failed' || outcome === 'unreadable')).toEqual([])
  if (items.some(({ detail }) => detail?.startsWith('The service has handled'))) return null
  const steps = world.steps[model.name as ServiceName].filter(({ message }) => message.subject === history[0]?.subject)
  const stepOf = (id: string | null) =>
    steps.findIndex(({ message, events }) => [message, ...events].some((each) => each.id === id))
  const shown = (step: Step | undefined) => shop.redact(statesFromEvents.shown(step?.after as State))
  const positions = items.map(({ id }) => stepOf(id))
  const isInSequence = positions.every((position, index) => position >= (positions[index - 1] ?? 0))
  const isWhole = ({ type }: { type: string }, at: number) =>
    positions[at] !== positions[at + 1] || !model.publishes.includes(type)
  const whole = items.filter(isWhole)
  const [folded, actual] = isInSequence
    ? [whole, whole.map(({ id }) => steps[stepOf(id)])]
    : [items.slice(-1), steps.slice(-1)]
  return { service: model.name, isInSequence, folded: folded.map(({ after }) => after), actual: actual.map(shown) }
}

interface OrderHistory {
  readonly world: MemoryWorld
  readonly history: readonly Message[]
}

const compareAll = (orderHistory: OrderHistory) => [
  compare(order, orderHistory),
  compare(payment, orderHistory),
  compare(inventory, orderHistory),
  compare(shipping, orderHistory),
  resultsOf(compare(notification, orderHistory)),
]

interface Shown {
  readonly notifications: readonly { readonly channel: string; readonly occasion: string; readonly status: string }[]
}

const keyOf = ({ channel, occasion }: Shown['notifications'][number]): string => `${channel} ${occasion}`

/** Notifications without those that are pending: an event that was overtaken may have no notification in reality. */
const resultsOf = (compared: ReturnType<typeof compare>) => {
  const results = (shown: unknown) =>
    ((shown as Shown | null)?.notifications ?? [])
      .filter(({ status }) => status !== 'pending')
      .toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)))
  return compared && { ...compared, folded: compared.folded.map(results), actual: compared.actual.map(results) }
}

it(`the folded states are the real ones in ${histories} random histories`, async () => {
  const first = firstSeed()
  const compared: { about: string; each: ReturnType<typeof compare> }[] = []
  for (let seed = first; seed < first + histories; seed += 1) {
    const { world } = await runInMemory(seed)
    for (const history of world.histories.values()) {
      if (history.length === 0) continue
      const about = `HISTORIES_SEED=${seed}: ${history.map(({ type }) => type).join(' ')}`
      compared.push(...compareAll({ world, history }).map((each) => ({ about, each })))
    }
  }
  for (const { about, each } of compared) expect(each?.folded, `${each?.service}, ${about}`).toEqual(each?.actual)
  const shareOf = (wanted: (each: ReturnType<typeof compare>) => boolean) =>
    compared.filter(({ each }) => wanted(each)).length / compared.length
  const [notShown, inSequence] = [shareOf((each) => each === null), shareOf((each) => each?.isInSequence === true)]
  console.log(
    `${compared.length} services and orders: ${notShown} not shown, because events have overtaken each other; ${inSequence} with each state compared`,
  )
  expect(notShown).toBeLessThan(0.02)
  expect(inSequence).toBeGreaterThan(0.5)
})
