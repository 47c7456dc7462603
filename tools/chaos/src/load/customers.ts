/** Customers: each places an order, some of them twice or with a change under the same key, and some change their mind. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '@quadrille/audit'
import { type MixedOrder, orderMix, type ShownOrder } from '@quadrille/shop-testing'
import type { Random } from '@quadrille/testing'
import type { Office } from './office.ts'

export type Surroundings = Pick<Office, 'shop' | 'book' | 'random' | 'now' | 'signal'>

export interface CustomersOptions extends Surroundings {
  /** How many come, a second. */
  readonly perSecond: number
  /** When nobody comes any more, and when the last one comes whose order will have to expire, ms after the start. */
  readonly untilMs: number
  readonly expiringUntilMs: number
}

export interface Served {
  /** What they were told. */
  readonly answers: readonly Answer[]
  /** How many of them still waited for an answer when no more was given. */
  readonly unanswered: number
}

/** While so many wait for an answer, nobody else comes. */
const waitingAtMost = 500

/** The latest moment at which a customer cancels after the order was accepted, ms. */
const regretsWithinMs = 2_000

/**
 * Customers of disturbed services, whose orders may also expire. Resolves when nobody comes any more, and each has got all answers
 * or gets none any more.
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

/** A customer with each kind of order but those that can only expire, all at once, and no reason for any order to end in another way than it should. */
export const serveInCalm = async (surroundings: Surroundings): Promise<Served> => {
  const orders = orderMix(mixSize, fractions(surroundings.random)).filter(({ kind }) => kind !== 'expired')
  return together(await Promise.all(orders.map((order, index) => serve({ index, order }, surroundings))))
}

const mixSize = 100

interface Visit {
  readonly index: number
  readonly order: MixedOrder
}

/** Without end, and in the end without those whose orders would only expire long after it. */
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
  tell: (answer: Answer) => void,
): Promise<void> => {
  const { request, cancelled } = order
  const key = random.uuid()
  const placedAtMs = now()
  const post = async (body: MixedOrder['request'], place: typeof shop.place): Promise<string | null> => {
    const reply = await place(body, key)
    const orderId = reply.status === 202 ? (reply.body as ShownOrder).id : null
    tell({ key, body: JSON.stringify(body), status: reply.status, orderId })
    return orderId
  }
  const posts = Array.from({ length: index % 5 === 0 ? 2 : 1 }, () => post(request, shop.place))
  const [orderId] = await Promise.all(posts)
  if (!orderId) return // not as expected, as the answers show
  const booked = book.accepted(order, orderId, placedAtMs)
  if (index % 10 === 0) await post({ ...request, currency: 'USD' }, shop.placeOther)
  if (!cancelled) return
  await pause(random.below(regretsWithinMs), undefined, { signal })
  const { status, body } = await shop.cancel(orderId)
  const reason = (body as ShownOrder).cancellation?.reason
  booked.endings = booked.endings.filter((ending) => ending === (status === 409 ? 'fulfilled' : reason))
}
