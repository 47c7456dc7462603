/**
 * Runs a history: everything in flight is in one bag, from which a seeded scheduler draws. So messages arrive in any
 * order, and some of them repeatedly. Other steps may happen between any two of them: a customer cancels, an order
 * expires, a call to the gateway is delayed or lost.
 */
import { catalog, type Message, seal } from '@quadrille/events'
import { seeded } from '@quadrille/testing'
import { createBag, type Delivery, type InFlight } from './bag.ts'
import { now, type Performance } from './performance.ts'
import { planHistory } from './plan.ts'
import { say } from './say.ts'
import { addTask, person } from './tasks.ts'
import type { Surroundings, World } from './world.ts'

export interface Options<Played extends World> {
  readonly seed: number
  readonly open: (surroundings: Surroundings) => Played | Promise<Played>
  /** The most orders. Default 4. */
  readonly orders?: number
  /** The most messages of a batch. Default 1. */
  readonly batch?: number
  /** Gets every draw, for the story of a failure. */
  readonly drawn?: InFlight[]
  /** Called after each step. */
  readonly watch?: (performance: Performance<Played>) => void
}

/** The probability that a message is delivered once more. */
const again = 0.15

/** An order ends after about a hundred draws. One that does not is in a cycle. */
const mostDrawsPerOrder = 5_000

/** Runs until nothing is in flight. @throws if it does not come to rest, or a part of it throws. */
export const play = async <Played extends World>(options: Options<Played>): Promise<Performance<Played>> => {
  const random = seeded(options.seed)
  const plan = planHistory(random, options.orders ?? 4)
  const bag = createBag(random)
  const performance: Performance<Played> = {
    random,
    plan,
    bag,
    world: await options.open({ plan, random, bag }),
    said: new Map(),
    delivered: new Map(),
    heard: [],
    faults: [],
  }
  for (const { data, type } of plan.orders.flatMap(({ submissions }) => submissions)) {
    bag.add({ to: 'order', message: seal({ type, data }, { service: 'order', now }) })
  }
  await untilAtRest(performance, options)
  return performance
}

/**
 * Delivers every message once more, and performs every task once more. Resolves to the messages that were published
 * because of it.
 */
export const replay = async <Played extends World>(
  performance: Performance<Played>,
  options: Options<Played>,
): Promise<readonly Message[]> => {
  const { bag, delivered, said, heard } = performance
  heard.length = 0
  for (const delivery of delivered.values()) bag.add(delivery)
  for (const message of said.values()) if (catalog[message.type].kind === 'task') addTask(performance, message)
  await untilAtRest(performance, options)
  return heard
}

const untilAtRest = async <Played extends World>(
  performance: Performance<Played>,
  { batch = 1, drawn, watch }: Options<Played>,
): Promise<void> => {
  const mostDraws = mostDrawsPerOrder * performance.plan.orders.length
  for (let draws = 0; draws < mostDraws; draws += 1) {
    const entry = await next(performance)
    if (!entry) return
    drawn?.push(entry)
    if ('to' in entry) await deliver(performance, entry, batch)
    else await entry.happen()
    if (performance.faults.length > 0) throw performance.faults[0]
    watch?.(performance)
  }
  throw new Error(`Not at rest after ${mostDraws} draws`)
}

/** Anything in flight. Undefined if there is nothing, and will be nothing. */
const next = async ({ bag, world }: Performance): Promise<InFlight | undefined> => {
  const entry = bag.draw()
  if (entry) return entry
  await world.idle()
  return bag.draw()
}

const deliver = async (performance: Performance, first: Delivery, batch: number): Promise<void> => {
  const { bag, random, world, delivered } = performance
  const more = batch > 1 ? bag.drawMore(first.to, random.below(batch)) : []
  const deliveries = [first, ...more]
  for (const delivery of deliveries) {
    const { to, message } = delivery
    if (random.chance(again)) bag.add(delivery)
    delivered.set(`${to} ${message.id}`, delivery)
  }
  const said = await world.apply(
    first.to,
    deliveries.map(({ message }) => message),
  )
  for (const message of said) say(performance, message)
  for (const { message } of deliveries) {
    if (message.type === 'RefundRefused') bag.add(person(performance, message.subject))
  }
}
