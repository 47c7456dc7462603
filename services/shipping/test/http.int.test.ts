/** The HTTP interface with a real Postgres. */

import { type Message, newOrderId } from '@quadrille/events'
import { claim } from '@quadrille/service/tools'
import { aMessage, anOrder } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { countOpenShipments } from '../src/db/shipment-table.ts'
import { maxParcels } from '../src/domain/shipment.ts'
import { dispatchExample, shipmentExample } from '../src/http/examples.ts'
import { shipping } from '../src/service.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage(inject('postgresUrl'))
})
afterAll(() => stage[Symbol.asyncDispose]())

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

const fulfil = async (orderId = newOrderId()): Promise<string> => {
  await stage.publish({ ...aMessage('OrderFulfilled', anOrder(orderId)), traceparent })
  return orderId
}

interface Answer {
  readonly status: number
  readonly replayed: string | null
  readonly retryAfter: string | null
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into bodies of any shape
  readonly body: any
}

const call = async (path: string, init: RequestInit = {}, url = stage.url): Promise<Answer> => {
  const response = await fetch(url + path, init)
  return {
    status: response.status,
    replayed: response.headers.get('idempotent-replayed'),
    retryAfter: response.headers.get('retry-after'),
    body: await response.json(),
  }
}

const dispatch = (orderId: string, body: unknown, key?: string, url = stage.url) =>
  call(
    `/shipments/${orderId}/dispatch`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(key !== undefined && { 'idempotency-key': key }) },
      body: JSON.stringify(body),
    },
    url,
  )

/** Repeats the request while another one with its key runs. */
const dispatchAfterOthers = (...request: Parameters<typeof dispatch>) =>
  waitFor(async () => {
    const answer = await dispatch(...request)
    expect(answer.status).not.toBe(503)
    return answer
  })

const parcel = (trackingCode: string) => ({ carrier: 'DHL', trackingCode })
const shown = async (orderId: string) => (await call(`/shipments/${orderId}`)).body
const published = (orderId: string): Message[] => stage.published.filter(({ subject }) => subject === orderId)
const untilPublished = (orderId: string, count: number) => waitFor(() => expect(published(orderId)).toHaveLength(count))

describe('a fulfilled order', () => {
  it('is open, and dispatched after its first parcel, as in the API document', async () => {
    const orderId = await fulfil()
    expect(await shown(orderId)).toEqual({ orderId, status: 'open', parcels: [] })
    const { status, body, replayed } = await dispatch(orderId, dispatchExample)
    const [{ at }] = body.parcels
    expect([status, replayed, body]).toEqual([
      200,
      null,
      { ...shipmentExample, orderId, parcels: [{ ...dispatchExample, at }] },
    ])
    expect(await shown(orderId)).toEqual(body)
  })

  it('counts as handled even after its row was deleted from the inbox', async () => {
    const orderId = await fulfil()
    await stage.database.query('delete from inbox where subject = $1', [orderId])
    const { body } = await call(`/whereabouts?orderId=${orderId}`)
    expect(body.items).toMatchObject([{ handled: ['OrderFulfilled'] }])
  })

  it('counts as open until its first parcel, also in the metrics', async () => {
    const count = async () => (await countOpenShipments(stage.database, 1_000)).open
    const before = await count()
    const orderId = await fulfil()
    expect(await count()).toBe(before + 1)
    expect(await countOpenShipments(stage.database, 1)).toEqual({ open: 1, oldestAgeMs: expect.any(Number) })
    const { url } = await stage.startAnother() // each instance counts at its start
    await waitFor(async () => {
      const metrics = await (await fetch(`${url}/metrics`)).text()
      expect(metrics).toContain(`\nquadrille_shipments_open{service="shipping"} ${before + 1}\n`)
      expect(metrics).toMatch(/^quadrille_shipments_oldest_age_seconds\{service="shipping"\} (?!0$)[\d.]+$/m)
    })
    await dispatch(orderId, parcel('1'))
    expect(await count()).toBe(before)
    await untilPublished(orderId, 1)
  })

  it('is published with each of its parcels, in its trace', async () => {
    const orderId = await fulfil()
    await dispatch(orderId, parcel('1'))
    await dispatch(orderId, parcel('1')) // without a key, each request is a parcel
    await untilPublished(orderId, 2)
    const { parcels } = await shown(orderId)
    expect(published(orderId).map(({ type, data }) => ({ type, data }))).toEqual(
      parcels.map((each: object) => ({ type: 'ShipmentDispatched', data: { orderId, ...each } })),
    )
    for (const event of published(orderId)) expect(event.traceparent).toContain(traceparent.slice(3, 35))
    expect(new Set(published(orderId).map(({ id }) => id)).size).toBe(2)
  })

  it.each([undefined, 'open', 'dispatched'])('is listed with the status %s, the newest first', async (status) => {
    const orders = [await fulfil(), await fulfil(), await fulfil()]
    if (status !== 'open') for (const orderId of orders) await dispatch(orderId, parcel('1'))
    const path = `/shipments?limit=2${status ? `&status=${status}` : ''}`
    const first = await call(path)
    const second = await call(`${path}&cursor=${first.body.nextCursor}`)
    const listed = [...first.body.items, ...second.body.items]
    expect(listed.slice(0, 3).map(({ orderId }) => orderId)).toEqual(orders.toReversed())
    expect(listed[0]).toEqual(await shown(orders[2] ?? ''))
    const other = await call(`/shipments?status=${status === 'open' ? 'dispatched' : 'open'}&limit=100`)
    const others = other.body.items.map(({ orderId }: { orderId: string }) => orderId)
    for (const orderId of orders) expect(others).not.toContain(orderId)
  })

  it('has its parcels in the order of dispatch, also if a restore has added them in another one', async () => {
    const orderId = await fulfil()
    await stage.database.query(
      `insert into parcel (id, order_id, carrier, tracking_code, at)
       select gen_random_uuid(), $1, 'DHL', code, at::timestamptz from (values ('2', '2100-01-02'), ('1', '2100-01-01')) as given (code, at)`,
      [orderId],
    )
    const codesOf = ({ parcels }: { parcels: { trackingCode: string }[] }) => parcels.map((each) => each.trackingCode)
    expect(codesOf(await shown(orderId))).toEqual(['1', '2'])
    expect(codesOf((await dispatch(orderId, parcel('3'))).body)).toEqual(['1', '2', '3'])
    await untilPublished(orderId, 1)
  })

  it('has up to a hundred parcels', async () => {
    const orderId = await fulfil()
    const codes = Array.from({ length: maxParcels + 5 }, (_, index) => `T-${index}`)
    const answers = await Promise.all(codes.map((code) => dispatch(orderId, parcel(code), code)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(maxParcels)
    const refused = answers.filter(({ status }) => status !== 200)
    for (const { status, body } of refused)
      expect([status, body.detail]).toEqual([409, `The order has ${maxParcels} parcels, the maximum.`])
    await untilPublished(orderId, maxParcels)
    expect((await shown(orderId)).parcels).toHaveLength(maxParcels)
    const accepted = codes.find((_, index) => answers[index]?.status === 200) ?? ''
    expect(await dispatch(orderId, parcel(accepted), accepted)).toMatchObject({ status: 200, replayed: 'true' })
  })
})

it('rejects parcels with Retry-After while the outbox is full', async () => {
  const { url } = await stage.startAlone()
  const orderId = await fulfil()
  const refused = async () => {
    const { status, retryAfter } = await dispatch(orderId, parcel('1'), undefined, url)
    return [status, retryAfter]
  }
  await expect.poll(refused).toEqual([503, '5']) // the other instance may empty the outbox at any time
})

describe('an Idempotency-Key', () => {
  it('gets the first answer again, although more parcels follow', async () => {
    const [orderId, key] = [await fulfil(), newOrderId()]
    const first = await dispatch(orderId, parcel('1'), key)
    await dispatch(orderId, parcel('2'), newOrderId())
    expect(await dispatch(orderId, parcel('1'), key)).toEqual({ ...first, replayed: 'true' })
    expect((await shown(orderId)).parcels).toHaveLength(2)
    await untilPublished(orderId, 2)
  })

  it('dispatches once, if it is used concurrently by two instances', async () => {
    const { url } = await stage.startAnother()
    const [orderId, key] = [await fulfil(), newOrderId()]
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        dispatchAfterOthers(orderId, parcel('1'), key, index % 2 ? url : stage.url),
      ),
    )
    expect(new Set(answers.map(({ status, body }) => `${status} ${JSON.stringify(body)}`)).size).toBe(1)
    expect(answers.filter(({ replayed }) => replayed === null)).toHaveLength(1)
    expect((await shown(orderId)).parcels).toHaveLength(1)
    await untilPublished(orderId, 1)
  })

  it('is refused with another parcel, and for another order', async () => {
    const [orderId, other, key] = [await fulfil(), await fulfil(), newOrderId()]
    expect((await dispatch(orderId, parcel('1'), key)).status).toBe(200)
    const reused = { status: 422, body: { type: '/docs/problems#idempotency-key-reused' } }
    expect(await dispatch(orderId, parcel('2'), key)).toMatchObject(reused)
    expect(await dispatch(orderId, { carrier: 'UPS', trackingCode: '1' }, key)).toMatchObject(reused)
    expect(await dispatch(other, parcel('1'), key)).toMatchObject(reused)
    expect((await shown(other)).parcels).toEqual([])
  })

  it('dispatches for one order only, if two instances use it concurrently', async () => {
    const { url } = await stage.startAnother()
    const pairs = await Promise.all(
      Array.from({ length: 10 }, async () => [await fulfil(), await fulfil(), newOrderId()] as const),
    )
    const statuses = await Promise.all(
      pairs.map(async ([orderId, other, key]) => {
        const answers = await Promise.all([
          dispatchAfterOthers(orderId, parcel('1'), key),
          dispatchAfterOthers(other, parcel('1'), key, url),
        ])
        return answers.map(({ status }) => status).toSorted()
      }),
    )
    expect(statuses).toEqual(pairs.map(() => [200, 422]))
  })

  it('is claimed by one transaction at a time, so that another one does not wait for its row', async () => {
    const [key, request] = [newOrderId(), { ...parcel('1'), parcelId: newOrderId() }]
    const [one, other] = [newOrderId(), newOrderId()].map((orderId) =>
      aMessage('DispatchRequested', { orderId, ...request, idempotencyKey: key }),
    ) as [Message, Message]
    await stage.database.transaction(async (first) => {
      expect(await claim(first, [one], shipping.tables)).toEqual(new Set([one]))
      await stage.database.transaction(async (second) => {
        expect(await claim(second, [other], shipping.tables)).toEqual(new Set())
      })
    })
  })

  it('is not used up by a refused request', async () => {
    const [orderId, key] = [newOrderId(), newOrderId()]
    expect((await dispatch(orderId, parcel('1'), key)).status).toBe(404)
    await fulfil(orderId)
    expect(await dispatch(orderId, parcel('1'), key)).toMatchObject({ status: 200, replayed: null })
  })
})

describe('a wrong request', () => {
  it('about an order that is not fulfilled gets 404', async () => {
    const orderId = newOrderId()
    for (const answer of [await call(`/shipments/${orderId}`), await dispatch(orderId, parcel('1'))])
      expect(answer).toMatchObject({ status: 404, body: { detail: expect.stringContaining(orderId) } })
  })

  it.each([
    [{}, '/carrier'],
    [{ carrier: '', trackingCode: '1' }, '/carrier'],
    [{ carrier: 'x'.repeat(101), trackingCode: '1' }, '/carrier'],
    [{ carrier: 'DHL', trackingCode: '1\nBcc: all@example.com' }, '/trackingCode'],
    [{ carrier: 'DHL', trackingCode: '\u202E1' }, '/trackingCode'],
    [{ carrier: 'DHL', trackingCode: 1 }, '/trackingCode'],
    [{ carrier: 'DHL', trackingCode: '1', at: '2026-01-01T00:00:00.000Z' }, '/at'],
  ])('%j is refused', async (body, pointer) => {
    const orderId = await fulfil()
    expect(await dispatch(orderId, body)).toMatchObject({
      status: 422,
      body: { errors: expect.arrayContaining([expect.objectContaining({ pointer })]) },
    })
    expect((await shown(orderId)).parcels).toEqual([])
  })

  it.each(['/shipments?status=closed', '/shipments?cursor=~', '/shipments?limit=0', '/shipments?colour=blue'])(
    '%s is refused',
    async (path) => expect((await call(path)).status).toBe(422),
  )
})

describe('the log of operations', () => {
  it('has the parcels that an operator has dispatched, and those that were refused', async () => {
    const orderId = await fulfil()
    const by = (trackingCode: string, key: string, operator?: string) =>
      call(`/shipments/${orderId}/dispatch`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'idempotency-key': `${orderId}-${key}`,
          ...(operator !== undefined && { 'x-operator': operator }),
        },
        body: JSON.stringify(parcel(trackingCode)),
      })
    expect((await by('1', 'a', 'ada')).status).toBe(200)
    expect((await by('1', 'a', 'grace')).replayed).toBe('true')
    expect((await by('2', 'b')).status).toBe(200)
    const operation = 'dispatch_parcel'
    expect((await call(`/operations?orderId=${orderId}`)).body.items).toMatchObject([
      { operation, operator: 'grace', detail: 'DHL 1', outcome: 'refused' },
      { operation, operator: 'ada', detail: 'DHL 1', outcome: 'done' },
    ])
  })
})
