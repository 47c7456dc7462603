/** A collector receives one complete trace for each order, across all services and failures. */

import { choreography, type MessageType, serviceNames } from '@quadrille/events'
import type { ServiceModel } from '@quadrille/messages'
import { openShop, orderMix, placeAll, stockForMix, untilSettled } from '@quadrille/shop-testing'
import { waitFor } from '@quadrille/testing/waiting'
import {
  batchFaultsOf,
  faultsOf,
  kindOf,
  type OrderTrace,
  openReceiver,
  type ReceivedSpan,
  type Receiver,
  tracesOf,
} from '@quadrille/trace'
import { expect, inject, onTestFinished, test } from 'vitest'
import { startProcesses } from '../systems.ts'

const count = 200
/** Long enough to replay a charge that is parked after its second failure. */
const ORDER_TTL = '15s'

const startTraced = async (receiver: Receiver, onLine: (line: string) => void) => {
  const system = await startProcesses(inject('postgresUrl'), inject('rabbitmqUrl'), {
    order: { ORDER_TTL },
    payment: { RETRY_ATTEMPTS: '2' }, // as often as the flaky gateway fails
    common: {
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '200', // ms
      OTEL_BSP_MAX_QUEUE_SIZE: '100000', // all orders at once have more spans than the default limit
    },
    onLine,
  })
  onTestFinished(() => system.drop())
  return system
}

test(`each of ${count} orders of every kind is one trace, from a process for each service over RabbitMQ`, async () => {
  const receiver = await openReceiver()
  onTestFinished(() => receiver.close())
  const log: string[] = []
  const system = await startTraced(receiver, (line) => log.push(line))
  const shop = openShop(system.urls)
  onTestFinished(() => shop.close())
  await shop.setStock(stockForMix)

  const random = Math.random
  const { accepted } = await placeAll(shop, orderMix(count, random), random)
  const flaky = accepted.filter(({ kind }) => kind === 'flaky').map(({ orderId }) => orderId)
  await replayParked(system.urls.payment, flaky)
  const ids = accepted.map(({ orderId }) => orderId)
  await untilSettled(shop, ids)
  const histories = new Map(
    await Promise.all(ids.map(async (id) => [id, await historyOf(system.urls.order, id)] as const)),
  )
  const orders = await Promise.all(ids.map((id) => shop.order(id)))
  expect(await system.stop()).toEqual(serviceNames.map(() => 0))

  const { spans, faults } = receiver
  const { traces, faults: traceFaults } = tracesOf(spans)
  const missing = [...histories].flatMap(([id, types]) => missingOf(id, types, traces.get(id)))
  expect(faults).toEqual([])
  expect(traceFaults).toEqual([])
  expect(ids.flatMap((id) => faultsOf(traces.get(id) ?? { traceId: id, spans: [] }))).toEqual([])
  expect(missing).toEqual([])
  expect(batchFaultsOf(spans)).toEqual([])
  const names = new Set(spans.map(({ name }) => name))
  for (const name of ['batch', 'relay']) expect(names).toContain(name)
  const cancelled = orders.filter(({ cancellation }) => cancellation?.reason === 'customer')
  for (const { id } of cancelled) expect(linkedBy(spans, 'POST /orders/:id/cancel')).toContain(traces.get(id)?.traceId)
  expect(new Set(spans.map(({ resource }) => resource['service.name']))).toEqual(new Set(serviceNames))
  expect(new Set(orders.map(({ status, cancellation }) => cancellation?.reason ?? status))).toEqual(
    new Set(['fulfilled', 'payment_declined', 'out_of_stock', 'customer', 'expired']),
  )
  expect([...histories.values()].flat()).toContain('PaymentRefundFailed')
  for (const id of flaky) expect(chargesOf(traces.get(id))).toEqual([failed(1), failed(2), succeeded(1)]) // a replay counts from 1
  expectTraceIdsInLogs(log, traces)
})

/** Replays the charges that were parked. */
const replayParked = async (payment: string, orderIds: readonly string[]): Promise<void> => {
  const replayed = new Set<string>()
  const replayNew = async () => {
    const { items } = await get<{ items: { id: string; orderId: string; status: string }[] }>(
      `${payment}/dead-letters?limit=100`,
    )
    for (const { id, orderId, status } of items) {
      if (status !== 'parked' || !orderIds.includes(orderId)) continue
      const { ok } = await fetch(`${payment}/dead-letters/${id}/replay`, { method: 'POST' })
      if (ok) replayed.add(orderId)
    }
    expect(replayed.size).toBe(orderIds.length)
  }
  await waitFor(replayNew)
}

const get = async <Body>(url: string): Promise<Body> => (await (await fetch(url)).json()) as Body

const historyOf = async (order: string, id: string): Promise<MessageType[]> => {
  const { items } = await get<{ items: { type: MessageType }[] }>(`${order}/orders/${id}/events?limit=100`)
  return items.map(({ type }) => type)
}

const services: readonly ServiceModel[] = Object.values(choreography)

/** The missing spans of an order's trace, by its history: the sender and every consumer of each event. */
const missingOf = (id: string, types: readonly MessageType[], trace: OrderTrace | undefined): string[] => {
  const kinds = new Set(trace?.spans.map(kindOf))
  const expected = types.flatMap((type) => [
    ...services
      .filter(({ publishes }) => (publishes as readonly string[]).includes(type))
      .map(({ name }) => `${name}: send ${type} (producer)`),
    ...services
      .filter(({ consumes }) => (consumes as readonly string[]).includes(type))
      .map(({ name }) => `${name}: process ${type} (consumer)`),
  ])
  return ['POST /orders (server)', 'order: process OrderSubmitted (internal)', ...expected]
    .filter((name) => !kinds.has(name))
    .map((name) => `${id} has no ${name}`)
}

/** The traces to which requests of this name link. The requests have their own traces. */
const linkedBy = (spans: readonly ReceivedSpan[], name: string): string[] =>
  spans.filter((span) => span.name === name).flatMap(({ links }) => links.map(({ traceId }) => traceId))

/** The attempts to charge an order, in the order of their beginning, and whether they failed. */
const chargesOf = (trace: OrderTrace | undefined) =>
  trace?.spans
    .filter(({ name }) => name === 'process Charge')
    .sort((one, other) => ageOf(one) - ageOf(other))
    .map(({ attributes, failed }) => ({ attempt: Number(attributes['quadrille.message.attempt']), failed }))
const ageOf = ({ attributes }: ReceivedSpan): number => Number(attributes['quadrille.message.age'])
const failed = (attempt: number) => ({ attempt, failed: true })
const succeeded = (attempt: number) => ({ attempt, failed: false })

/** Each log line about an order contains its trace id. */
const expectTraceIdsInLogs = (lines: readonly string[], traces: ReadonlyMap<string, OrderTrace>): void => {
  const entries = lines
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { orderId?: string; trace_id?: string; msg: string })
    .filter(({ orderId }) => orderId !== undefined)
  expect(new Set(entries.map(({ msg }) => msg))).toContain('a message became a dead letter')
  for (const { orderId = '', trace_id, msg } of entries) expect(trace_id, msg).toBe(traces.get(orderId)?.traceId)
}
