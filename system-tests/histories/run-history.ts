/**
 * Runs a history. A seeded scheduler draws from the pool of messages and other steps in flight. So messages arrive in any
 * order, and some arrive repeatedly. Other steps run between them: a customer cancels, an order expires, a call to the
 * gateway is delayed or lost.
 */
import { catalog, type Message, seal } from '@quadrille/events'
import { seeded } from '@quadrille/testing'
import { check } from './invariants/check.ts'
import { planHistory } from './plan.ts'
import { createPool, type Delivery, type InFlight } from './pool.ts'
import { dispatchesFor, publish } from './publish.ts'
import { type HistoryRun, now } from './run.ts'
import { addTask, operatorStep } from './tasks.ts'
import type { World, WorldSetup } from './world.ts'

export interface RunOptions<TestWorld extends World> {
  readonly seed: number
  readonly open: (setup: WorldSetup) => TestWorld | Promise<TestWorld>
  /** The maximum number of orders. Default 4. */
  readonly orders?: number
  /** The maximum batch size. Default 1. */
  readonly batch?: number
  /** Collects the drawn entries, to describe a failure. */
  readonly drawn?: InFlight[]
  /** Called after each step. */
  readonly watch?: (run: HistoryRun<TestWorld>) => void
}

/** The probability that a message is delivered once more. */
const redeliveryProbability = 0.15

/** An order ends after about a hundred draws. At this limit the services repeat messages endlessly. */
const maxDrawsPerOrder = 5_000

/** Runs a history as `untilAtRest` does. */
export const runHistory = async <TestWorld extends World>(
  options: RunOptions<TestWorld>,
): Promise<HistoryRun<TestWorld>> => {
  const random = seeded(options.seed)
  const plan = planHistory(random, options.orders ?? 4)
  const pool = createPool(random)
  const run: HistoryRun<TestWorld> = {
    random,
    plan,
    pool,
    world: await options.open({ plan, random, pool }),
    published: new Map(),
    delivered: new Map(),
    recentlyPublished: [],
    taskErrors: [],
  }
  for (const { data, type } of plan.orders.flatMap(({ submissions }) => submissions)) {
    pool.add({ to: 'order', message: seal({ type, data }, { service: 'order', now }) })
  }
  await untilAtRest(run, options)
  return run
}

/**
 * Delivers every message and performs every task again. Resolves to the messages that this published.
 */
export const replay = async <TestWorld extends World>(
  run: HistoryRun<TestWorld>,
  options: RunOptions<TestWorld>,
): Promise<readonly Message[]> => {
  const { pool, delivered, published, recentlyPublished } = run
  recentlyPublished.length = 0
  for (const delivery of delivered.values()) pool.add(delivery)
  for (const message of published.values()) if (catalog[message.type].kind === 'task') addTask(run, message)
  await untilAtRest(run, options)
  return recentlyPublished
}

/** Runs until nothing is in flight. @throws if messages remain in flight, or a reaction or task throws. */
export const untilAtRest = async <TestWorld extends World>(
  run: HistoryRun<TestWorld>,
  { batch = 1, drawn, watch }: Partial<RunOptions<TestWorld>> = {},
): Promise<void> => {
  const maxDraws = maxDrawsPerOrder * run.plan.orders.length
  for (let draws = 0; draws < maxDraws; draws += 1) {
    const entry = await next(run)
    if (!entry) return
    drawn?.push(entry)
    if ('to' in entry) await deliver(run, entry, batch)
    else await entry.execute()
    if (run.taskErrors.length > 0) throw run.taskErrors[0]
    watch?.(run)
  }
  check(false, `the services come to rest within ${maxDraws} draws`, 'all services')
}

/** A random entry in flight. Undefined at rest. */
const next = async ({ pool, world }: HistoryRun): Promise<InFlight | undefined> => {
  const entry = pool.draw()
  if (entry) return entry
  await world.untilTasksEnd()
  return pool.draw()
}

const deliver = async (run: HistoryRun, first: Delivery, batch: number): Promise<void> => {
  const { pool, random, world, delivered } = run
  const more = batch > 1 ? pool.drawMore(first.to, random.below(batch)) : []
  const deliveries = [first, ...more]
  const dispatches = deliveries.flatMap((delivery) =>
    delivered.has(keyOf(delivery)) ? [] : dispatchesAfter(run, delivery),
  )
  for (const delivery of deliveries) {
    if (random.chance(redeliveryProbability)) pool.add(delivery)
    delivered.set(keyOf(delivery), delivery)
  }
  const published = await world.apply(
    first.to,
    deliveries.map(({ message }) => message),
  )
  for (const message of published) publish(run, message)
  for (const request of dispatches) pool.add(request)
  for (const { message } of deliveries) {
    if (message.type === 'RefundRefused') pool.add(operatorStep(run, message.subject))
  }
}

/** As soon as shipping knows an order, its parcels are dispatched. */
const dispatchesAfter = (run: HistoryRun, { to, message }: Delivery): Delivery[] =>
  to === 'shipping' && message.type === 'OrderFulfilled' ? dispatchesFor(run, message) : []

const keyOf = ({ to, message }: Delivery): string => `${to} ${message.id}`
