/** The diagnoses of several orders: which services are queried, and since when an answer is missing. */
import { newOrderId } from '@quadrille/events'
import { aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { expect, it } from 'vitest'
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
