/** Customers, who place one order each. Some repeat the request, some send another body with the same key, some cancel. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '@quadrille/audit'
import { type MixedOrder, orderMix, type ShownOrder } from '@quadrille/shop-testing'
import type { Random } from '@quadrille/testing'
import type { OrderTracker } from './order-tracker.ts'
import type { RetryingClient } from './retrying-client.ts'

export interface CustomerContext {
  readonly shop: Pick<RetryingClient, 'place' | 'placeOther' | 'cancel'>
  readonly tracker: Pick<OrderTracker, 'add'>
  readonly random: Random
  /** Time since the start of the run, ms. */
  readonly now: () => number
  /** Ends the customers that still wait for an answer. */
  readonly signal: AbortSignal
}

export interface CustomersOptions extends CustomerContext {
  /** Customers per second. */
  readonly perSecond: number
  /** When the last customer arrives, and the last one whose order can only expire, ms after the start. */
  readonly untilMs: number
  readonly expiringUntilMs: number
}

export interface CustomerAnswers {
  /** The answers to `POST /orders`. */
  readonly answers: readonly Answer[]
  /** The number of customers who were still waiting for an answer at the end. */
  readonly stillWaiting: number
}

/** While this many customers wait for an answer, no others arrive. */
const maxActive = 500

/** The latest moment of a cancellation after the order was accepted, ms. */
const cancelWithinMs = 2_000

/**
 * Customers during faults: any of their orders may expire. Resolves when no more arrive, and each one has all answers or
 * was aborted.
 */
export const serveCustomers = async (options: CustomersOptions): Promise<CustomerAnswers> => {
  const { random, perSecond, untilMs, now, signal } = options
  const served: CustomerAnswers[] = []
  const active = new Set<Promise<unknown>>()
  for (const customer of customers(options)) {
    if (now() >= untilMs) break
    const serving = serve(customer, options).then((one) => served.push(one))
    active.add(serving)
    const remove = () => active.delete(serving)
    serving.then(remove, () => undefined) // a failure is kept, and thrown below
    await pause(random.below(2_000 / perSecond), undefined, { signal })
    while (active.size >= maxActive) await Promise.race(active)
  }
  await Promise.all(active)
  return combine(served)
}

/**
 * The customers of one order mix, without those whose orders can only expire, all at once. Each order must end according
 * to its kind.
 */
export const serveWithoutFaults = (context: CustomerContext): Promise<CustomerAnswers> =>
  serveAll(unexpiringOrders(context, mixSize), context)

/** The customers of such a mix while an instance may be paused: any of their orders may expire. */
export const serveDuringPause = (context: CustomerContext, size: number): Promise<CustomerAnswers> =>
  serveAll(unexpiringOrders(context, size).map(orExpired), context)

const unexpiringOrders = ({ random }: CustomerContext, size: number): MixedOrder[] =>
  orderMix(size, fractions(random)).filter(({ kind }) => kind !== 'expired')

const orExpired = (order: MixedOrder): MixedOrder => ({ ...order, endings: [...order.endings, 'expired'] })

const serveAll = async (orders: readonly MixedOrder[], context: CustomerContext): Promise<CustomerAnswers> =>
  combine(await Promise.all(orders.map((order, index) => serve({ index, order }, context))))

const mixSize = 100

interface Customer {
  readonly index: number
  readonly order: MixedOrder
}

/** Never ends. After `expiringUntilMs` it leaves out orders that can only expire. */
function* customers({ random, now, expiringUntilMs }: CustomersOptions): Generator<Customer> {
  for (let index = 0; ; ) {
    for (const order of orderMix(mixSize, fractions(random))) {
      if (order.kind === 'expired' && now() > expiringUntilMs) continue
      yield { index, order: orExpired(order) }
      index += 1
    }
  }
}

const fractions = (random: Random) => () => random.below(2 ** 32) / 2 ** 32

export const combine = (served: readonly CustomerAnswers[]): CustomerAnswers => ({
  answers: served.flatMap(({ answers }) => answers),
  stillWaiting: served.reduce((sum, { stillWaiting }) => sum + stillWaiting, 0),
})

const serve = async (customer: Customer, context: CustomerContext): Promise<CustomerAnswers> => {
  const answers: Answer[] = []
  try {
    await serveOne(customer, context, (answer) => answers.push(answer))
    return { answers, stillWaiting: 0 }
  } catch (error) {
    if (!context.signal.aborted) throw error
    return { answers, stillWaiting: 1 }
  }
}

const serveOne = async (
  { index, order }: Customer,
  { shop, tracker, random, now, signal }: CustomerContext,
  record: (answer: Answer) => void,
): Promise<void> => {
  const { request, cancelled } = order
  const key = random.uuid()
  const placedAtMs = now()
  const post = async (body: MixedOrder['request'], place: typeof shop.place): Promise<string | null> => {
    const reply = await place(body, key)
    const orderId = reply.status === 202 ? (reply.body as ShownOrder).id : null
    record({ key, body: JSON.stringify(body), status: reply.status, orderId })
    return orderId
  }
  const posts = Array.from({ length: index % 5 === 0 ? 2 : 1 }, () => post(request, shop.place))
  const [orderId] = await Promise.all(posts)
  if (!orderId) return // the check of the answers reports it
  const tracked = tracker.add(order, orderId, placedAtMs)
  if (index % 10 === 0) await post({ ...request, currency: 'USD' }, shop.placeOther)
  if (!cancelled) return
  await pause(random.below(cancelWithinMs), undefined, { signal })
  const { status, body } = await shop.cancel(orderId)
  const reason = (body as ShownOrder).cancellation?.reason
  tracked.endings = tracked.endings.filter((ending) => ending === (status === 409 ? 'fulfilled' : reason))
}
