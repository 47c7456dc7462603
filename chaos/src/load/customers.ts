/** Customers: each places an order, some of them twice or with a change under the same key, and some change their mind. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Answer } from '@quadrille/audit'
import { type MixedOrder, orderMix, type ShownOrder } from '@quadrille/testing'
import type { Office } from './office.ts'

export interface CustomersOptions extends Pick<Office, 'shop' | 'book' | 'random' | 'now' | 'signal'> {
  /** How many come, a second. */
  readonly perSecond: number
  /** When nobody comes any more, and when the last one comes whose order will have to expire, ms after the start. */
  readonly untilMs: number
  readonly expiringUntilMs: number
}

/** While so many wait for an answer, nobody else comes. */
const waitingAtMost = 500

/** The latest moment at which a customer cancels after the order was accepted, ms. */
const regretsWithinMs = 2_000

/** Resolves, to what they were answered, when nobody comes any more and each has got all answers. */
export const serveCustomers = async (options: CustomersOptions): Promise<Answer[]> => {
  const { random, perSecond, untilMs, now, signal } = options
  const answers: Answer[] = []
  const inside = new Set<Promise<unknown>>()
  for (const visit of visits(options)) {
    if (now() >= untilMs) break
    const served = serve(visit, options).then((told) => answers.push(...told))
    inside.add(served)
    const leave = () => inside.delete(served)
    served.then(leave, leave)
    await pause(random.below(2_000 / perSecond), undefined, { signal })
    while (inside.size >= waitingAtMost) await Promise.race(inside)
  }
  await Promise.all(inside)
  return answers
}

interface Visit {
  readonly index: number
  readonly order: MixedOrder
}

/** Without end, and in the end without those whose orders would only expire long after it. */
function* visits({ random, now, expiringUntilMs }: CustomersOptions): Generator<Visit> {
  const draw = () => random.below(2 ** 32) / 2 ** 32
  for (let index = 0; ; ) {
    for (const order of orderMix(100, draw)) {
      if (order.kind === 'expired' && now() > expiringUntilMs) continue
      yield { index, order }
      index += 1
    }
  }
}

const serve = async ({ index, order }: Visit, { shop, book, random, now, signal }: CustomersOptions) => {
  const key = random.uuid()
  const placedAtMs = now()
  const post = async (request: MixedOrder['request']): Promise<Answer> => {
    const { status, body } = await shop.place(request, key)
    return { key, body: JSON.stringify(request), status, orderId: status === 202 ? (body as ShownOrder).id : null }
  }
  const answers = await Promise.all(Array.from({ length: index % 5 === 0 ? 2 : 1 }, () => post(order.request)))
  const orderId = answers[0]?.orderId
  if (!orderId) return answers // not as expected, as the answers show
  book.accepted(order, orderId, placedAtMs)
  if (index % 10 === 0) answers.push(await post({ ...order.request, currency: 'USD' }))
  if (order.cancelled) {
    await pause(random.below(regretsWithinMs), undefined, { signal })
    await shop.cancel(orderId)
  }
  return answers
}
