/** Streams of events over HTTP. */
import { newOrderId } from '@quadrille/events'
import { beforeAll, describe, expect, it } from 'vitest'
import { type OpenOrders, openOrders } from '../orders-by-http.ts'
import { openEvents } from './event-client.ts'

let orders: OpenOrders
beforeAll(async () => {
  orders = await openOrders()
  return orders.stop
})

const place = (customer = 'c-1'): Promise<string> =>
  orders.place({ customer: { id: customer, email: 'a@example.com' } })

const typesOf = (events: readonly { event: { type: string } }[]) => events.map(({ event }) => event.type)

describe('the events of one order', () => {
  it('are its history, then new ones', async () => {
    const id = await place()
    const client = await openEvents(`${orders.url}/orders/${id}/events`)
    expect(client.status).toBe(200)
    expect(client.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    })
    await client.until(1)
    await orders.cancel(id)
    const events = await client.until(2)
    expect(typesOf(events)).toEqual(['OrderPlaced', 'OrderCancelled'])
    expect(client.text()).toMatch(/^id: start\nretry: \d+\n\nid: [\da-f-]{36}\ndata: \{.*\}\n\n/)
    expect(client.text()).not.toContain('\r')
    expect(client.text()).not.toContain('pm_card_visa')
    const { body } = await orders.get(`/orders/${id}/events?order=asc`)
    expect(events.map(({ event }) => event)).toEqual(body.items)
  })

  it('resume after the last one', async () => {
    const id = await place()
    const first = await openEvents(`${orders.url}/orders/${id}/events`)
    const [placed] = await first.until(1)
    await orders.cancel(id)
    const second = await openEvents(`${orders.url}/orders/${id}/events`, { 'last-event-id': placed?.id ?? '' })
    expect(typesOf(await second.until(1))).toEqual(['OrderCancelled'])
  })

  it('are refused after an id that is not in the history, and for an unknown order', async () => {
    const id = await place()
    const resume = (lastEventId: string) =>
      openEvents(`${orders.url}/orders/${id}/events`, { 'last-event-id': lastEventId })
    for (const wrong of ['x', newOrderId(), 'a'.repeat(100)]) expect((await resume(wrong)).status).toBe(422)
    expect((await openEvents(`${orders.url}/orders/${newOrderId()}/events`)).status).toBe(404)
    for (const ofLists of ['limit=5', 'order=asc', 'view=compact', 'cursor=MQ'])
      expect((await openEvents(`${orders.url}/orders/${id}/events?${ofLists}`)).status).toBe(422)
    expect((await orders.get(`/orders/${id}/events`)).body.items).toHaveLength(1) // a list for other clients
  })

  it('name the header or the parameter that has the refused id', async () => {
    const wrong = newOrderId()
    for (const path of [`/orders/${await place()}/events`, '/orders/events']) {
      const get = async (query: string, headers: Record<string, string>) => {
        const accept = 'text/event-stream'
        const response = await fetch(orders.url + path + query, { headers: { accept, ...headers } })
        return response.json()
      }
      const byParameter = `?lastEventId=${wrong}`
      expect(await get(byParameter, {})).toMatchObject({ errors: [{ pointer: '/lastEventId' }] })
      const ofHeader = {
        detail: expect.stringMatching(/^Last-Event-ID must be the id/),
        errors: [{ pointer: '/last-event-id' }],
      }
      expect(await get(byParameter, { 'last-event-id': 'x' })).toMatchObject(ofHeader)
    }
  })

  it('are not resumed as a list', async () => {
    const { status, body } = await orders.get(`/orders/${await place()}/events?lastEventId=start`)
    expect([status, body.errors]).toMatchObject([422, [{ pointer: '/lastEventId' }]])
  })
})

describe('the events of all orders', () => {
  it('begin now by default, and with the first one on request', async () => {
    const old = await place('eve')
    const client = await openEvents(`${orders.url}/orders/events`, { accept: '*/*' })
    const fresh = await place('eve')
    expect((await client.until(1)).map(({ event }) => event.subject)).toEqual([fresh])
    const all = await openEvents(`${orders.url}/orders/events?from=start&customerId=eve`)
    expect((await all.until(2)).map(({ event }) => event.subject)).toEqual([old, fresh])
    expect(all.text()).toMatch(/^id: start\nretry: \d+\n\nid: .+\ndata: \{"specversion"/)
  })

  it('begin with a position that a page can see on request', async () => {
    const client = await openEvents(`${orders.url}/orders/events?from=start&positions=true`)
    const [position] = await client.until(1)
    expect(position).toEqual({ id: 'start', event: { type: 'position' } })
    expect(client.text()).toContain('event: position\nid: start\n')
    expect((await openEvents(`${orders.url}/orders/events?positions=false`)).status).toBe(422)
  })

  it('can be filtered', async () => {
    const client = await openEvents(`${orders.url}/orders/events?customerId=ada&type=OrderCancelled&status=cancelled`)
    for (const customer of ['bob', 'ada']) await orders.cancel(await place(customer))
    const [cancelled] = await client.until(1)
    expect(cancelled?.event.data.customer.id).toBe('ada')
    expect(client.events()).toHaveLength(1)
  })

  it('can be summaries, beside whole events for other clients', async () => {
    const old = await place('fay')
    const summaries = await openEvents(`${orders.url}/orders/events?from=start&view=summary&customerId=fay`)
    await summaries.until(1)
    const whole = await openEvents(`${orders.url}/orders/events?type=OrderCancelled`)
    await orders.cancel(old)
    const [cancelled] = await whole.until(1)
    const { type, subject, time, data } = cancelled?.event ?? {}
    expect((await summaries.until(2)).map(({ event }) => event)).toEqual([
      { type: 'OrderPlaced', subject: old, time: expect.stringMatching(/Z$/) },
      { type, subject, time, reason: data.reason },
    ])
    const resumed = await openEvents(`${orders.url}/orders/events`, {
      'last-event-id': summaries.events()[0]?.id ?? '',
    })
    expect((await resumed.until(1))[0]?.event).toEqual(cancelled?.event)
  })

  it('are not available as JSON, nor after an id that the service has not sent', async () => {
    const url = `${orders.url}/orders/events`
    expect((await openEvents(url, { accept: 'application/json' })).status).toBe(406)
    for (const wrong of ['x', newOrderId(), '1.1.1', 'zzzzzzzzz'])
      expect((await openEvents(`${url}?lastEventId=${wrong}`)).status).toBe(422)
    expect((await openEvents(`${url}?from=now`)).status).toBe(422)
  })
})
