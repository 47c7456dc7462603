/** The diagnoses of several orders: which services are queried, and since when an answer is missing. */
import { newOrderId } from '@quadrille/events'
import type { Whereabouts } from '@quadrille/service'
import { aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import { type Order, place } from '../src/domain/order.ts'
import { diagnose, type Sources } from '../src/stuck/diagnose.ts'

const anOrder = (): Order => place({ ...aPlacedOrder(newOrderId()), createdAt: noon.toISOString() })
const paidOrder = (): Order => ({ ...anOrder(), status: 'paid', payment: 'captured' })
const settledOrder = (): Order => ({ ...paidOrder(), status: 'fulfilled', settled: true })

const [first, second] = ['2026-01-01T12:00:00.000Z', '2026-01-01T12:00:01.000Z']

/** Sources in which no service answers, and each event that is asked for occurred at its time. */
const silentSources = (timeOf: Readonly<Record<string, string>>) => {
  const asked: string[][] = []
  const query = async (ids: readonly string[]) => {
    asked.push([...ids])
    return { unknown: 'no answer' }
  }
  const sources: Sources = {
    queries: { order: query, payment: query, inventory: query },
    eventTimes: async (ids, types) =>
      new Map(
        ids.map((id) => [id, new Map(types.flatMap((type) => (timeOf[type] ? [[type, timeOf[type]] as const] : [])))]),
      ),
  }
  return { asked, sources }
}

it('an answer is missing since the last event on which it depends', async () => {
  const { sources } = silentSources({ OrderPlaced: first, PaymentProcessed: second })
  const [ofPlaced, ofPaid] = await diagnose([anOrder(), paidOrder()], sources)
  expect(ofPlaced).toMatchObject([{ owedBy: 'payment', since: first, where: { place: 'unknown' } }])
  expect(ofPaid).toMatchObject([{ owedBy: 'inventory', since: second, where: { place: 'unknown' } }])
})

it('that time is unknown if the history lacks the event', async () => {
  const [diagnoses] = await diagnose([anOrder()], silentSources({}).sources)
  expect(diagnoses).toMatchObject([{ owedBy: 'payment', since: null }])
})

it('services are queried once for all open orders, and not at all for settled ones', async () => {
  const { asked, sources } = silentSources({ OrderPlaced: first })
  const [open, settled] = [anOrder(), settledOrder()]
  expect(await diagnose([settled, open], sources)).toMatchObject([[], [{ owedBy: 'payment' }]])
  expect(asked).toEqual([[open.id], [open.id], [open.id]])
  expect(await diagnose([settled], sources)).toEqual([[]])
  expect(asked).toHaveLength(3)
})

describe('a refused refund', () => {
  const refused: Order = { ...anOrder(), status: 'cancelled', payment: 'refund_failed', inventory: 'released' }
  const { sources } = silentSources({})
  const repeated = {
    messageId: null,
    type: 'Refund',
    queue: 'payment.tasks',
    attempts: null,
    since: second,
    error: null,
  }
  const recorded: Whereabouts['waiting'][number] = {
    ...{ messageId: 'm1', causationId: null, type: 'PaymentRefunded', place: 'outbox', queue: null, attempts: 0 },
    ...{ error: null, since: second, at: second, deadLetterId: null },
  }

  const queryOf = (messages: Partial<Whereabouts>) => async () =>
    new Map([[refused.id, { subject: refused.id, handled: ['OrderCancelled'], waiting: [], task: null, ...messages }]])

  /** The action if payment and the order service have these messages. */
  const remedyWith = async (payment: Partial<Whereabouts>, order: Partial<Whereabouts> = {}) => {
    const queries = { ...sources.queries, payment: queryOf(payment), order: queryOf(order) }
    const [diagnoses] = await diagnose([refused], { ...sources, queries })
    return diagnoses?.map(({ remedy }) => remedy)
  }

  it('needs an operator, who first looks at the payment', async () => {
    const look = `If GET /payments/${refused.id} still shows refund_failed, `
    const record = `POST /payments/${refused.id}/refund`
    expect(await remedyWith({})).toEqual([expect.stringMatching(new RegExp(`${look}.+${record}$`))])
  })

  it('needs none while the gateway is asked again, or while the record of a refund by hand is on its way', async () => {
    expect(await remedyWith({ task: repeated })).toEqual([null])
    expect(await remedyWith({ waiting: [recorded] })).toEqual([null])
    expect(await remedyWith({}, { waiting: [{ ...recorded, place: 'retry', queue: 'order.inbox' }] })).toEqual([null])
  })

  it('may need an operator if payment does not answer', async () => {
    const [diagnoses] = await diagnose([refused], sources)
    const remedy = expect.stringContaining(`If GET /payments/${refused.id} still shows refund_failed, `)
    expect(diagnoses).toMatchObject([{ where: { place: 'unknown' }, remedy }])
  })
})
