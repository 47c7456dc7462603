/** Customers: each places an order. Some repeat it, some send other content under the same key, and some cancel. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '@quadrille/audit'
import { type MixedOrder, orderMix, type ShownOrder } from '@quadrille/shop-testing'
import type { Random } from '@quadrille/testing'
import type { LoadDriver } from './load-driver.ts'

export type Surroundings = Pick<LoadDriver, 'shop' | 'book' | 'random' | 'now' | 'signal'>

export interface CustomersOptions extends Surroundings {
  /** Customers per second. */
  readonly perSecond: number
  /** When the last customer arrives, and when the last one whose order will expire, ms after the start. */
  readonly untilMs: number
  readonly expiringUntilMs: number
}

export interface Served {
  /** The answers that they got. */
  readonly answers: readonly Answer[]
  /** The number of customers that were still waiting when the services closed. */
  readonly unanswered: number
}

/** While this many wait for an answer, no further customers arrive. */
const waitingAtMost = 500

/** The latest moment of a cancellation after the order was accepted, ms. */
const regretsWithinMs = 2_000

/**
 * Customers of a disturbed shop, whose orders may also expire. Resolves when no more arrive, and each has all answers
 * or will get none.
 */
export const serveCustomers = async (options: CustomersOptions): Promise<Served> => {
  const { random, perSecond, untilMs, now, signal } = options
  const served: Served[] = []
  const inside = new Set<Promise<unknown>>()
  for (const visit of visits(options)) {
    if (now() >= untilMs) break
    const leaving = serve(visit, options).then((one) => served.push(one))
    inside.add(leaving)
    const leave = () => inside.delete(leaving)
    leaving.then(leave, leave)
    await pause(random.below(2_000 / perSecond), undefined, { signal })
    while (inside.size >= waitingAtMost) await Promise.race(inside)
  }
  await Promise.all(inside)
  return together(served)
}

/**
 * One customer for each kind of order, except for those that can only expire, all at once. Without faults each order
 * must end as expected.
 */
export const serveInCalm = async (surroundings: Surroundings): Promise<Served> => {
  const orders = orderMix(mixSize, fractions(surroundings.random)).filter(({ kind }) => kind !== 'expired')
  return together(await Promise.all(orders.map((order, index) => serve({ index, order }, surroundings))))
}

const mixSize = 100

interface Visit {
  readonly index: number
  readonly order: MixedOrder
}

/** Infinite. Towards the end it leaves out orders that would only expire long after it. */
function* visits({ random, now, expiringUntilMs }: CustomersOptions): Generator<Visit> {
  for (let index = 0; ; ) {
    for (const order of orderMix(mixSize, fractions(random))) {
      if (order.kind === 'expired' && now() > expiringUntilMs) continue
      yield { index, order: { ...order, endings: [...order.endings, 'expired'] } }
      index += 1
    }
  }
}

const fractions = (random: Random) => () => random.below(2 ** 32) / 2 ** 32

const together = (served: readonly Served[]): Served => ({
  answers: served.flatMap(({ answers }) => answers),
  unanswered: served.reduce((sum, { unanswered }) => sum + unanswered, 0),
})

const serve = async (visit: Visit, surroundings: Surroundings): Promise<Served> => {
  const answers: Answer[] = []
  try {
    await serveOne(visit, surroundings, (answer) => answers.push(answer))
    return { answers, unanswered: 0 }
  } catch (error) {
    if (!surroundings.signal.aborted) throw error
    return { answers, unanswered: 1 }
  }
}

const serveOne = async (
  { index, order }: Visit,
  { shop, book, random, now, signal }: Surroundings,
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
  if (!orderId) return // unexpected, as the answers show
  const booked = book.accepted(order, orderId, placedAtMs)
  if (index % 10 === 0) await post({ ...request, currency: 'USD' }, shop.placeOther)
  if (!cancelled) return
  await pause(random.below(regretsWithinMs), undefined, { signal })
  const { status, body } = await shop.cancel(orderId)
  const reason = (body as ShownOrder).cancellation?.reason
  booked.endings = booked.endings.filter((ending) => ending === (status === 409 ? 'fulfilled' : reason))
}
