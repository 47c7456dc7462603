/** Orders of every kind, as dashboards and alerts show them. */
import { serviceNames } from '@quadrille/events'
import { orderMix, placeAll, stockForMix, untilSettled } from '@quadrille/shop-testing'
import { manage, seeded } from '@quadrille/testing'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { dashboards } from '../src/dashboards/all.ts'
import { alertedFigures, alerts } from './files.ts'
import { type Observed, startObserved } from './observed.ts'

/** Panels that are empty when all is well, with the reason. */
const emptyWhenWell = new Set([
  'Failed requests', // no service has responded with 5xx
])

interface Series {
  readonly metric: Readonly<Record<string, string>>
  readonly value: readonly [time: number, value: string]
}

let observed: Observed

const ask = async (path: string): Promise<unknown> => {
  const { data } = (await (await fetch(`${observed.prometheusUrl}/api/v1/${path}`)).json()) as { data: unknown }
  return data
}

const query = async (expr: string): Promise<readonly Series[]> => {
  const answer = (await ask(`query?query=${encodeURIComponent(expr)}`)) as { result: readonly Series[] } | undefined
  if (!answer) throw new Error(`Prometheus does not understand ${expr}`)
  return answer.result
}

const soon = { timeout: 60_000, interval: 500 }

beforeAll(async () => {
  observed = await startObserved()
  const { shop, amqpUrl } = observed
  await shop.setStock(stockForMix)
  const random = seeded(1)
  const draw = () => random.below(2 ** 32) / 2 ** 32
  const { accepted } = await placeAll(shop, orderMix(100, draw), draw)
  await manage(amqpUrl, 'POST /api/exchanges/%2F/payment.direct/publish', {
    ...{ routing_key: 'payment.inbox', payload: 'not a message', payload_encoding: 'string', properties: {} },
  })
  const orderIds = accepted.map(({ orderId }) => orderId)
  await untilSettled(shop, orderIds, 90)
})

afterAll(() => observed.stop())

it('all services and RabbitMQ are scraped, and metrics of a process have the label of its service', async () => {
  const names = (series: readonly Series[]) => series.map(({ metric }) => metric['service']).toSorted()
  const services = serviceNames.toSorted()
  await vi.waitFor(async () => {
    expect(names(await query('up == 1'))).toEqual([...services, 'rabbitmq'].toSorted())
    expect(names(await query('process_cpu_seconds_total'))).toEqual(services)
  }, soon)
})

describe.each(dashboards)('$question', ({ panels }) => {
  const queries = panels.flatMap(({ title, queries }) => queries.map((each) => ({ title, ...each })))

  it.each(queries)('$title: $legend', async ({ title, expr, legend }) => {
    // As Grafana would: all services are selected, and rates are taken over the last scrapes.
    const asked = expr.replaceAll('$__rate_interval', '2m').replaceAll('$service', '.+')
    if (emptyWhenWell.has(title)) return expect(await query(asked)).toEqual([])
    await vi.waitFor(async () => {
      const series = await query(asked)
      const shown = series.filter(({ value }) => Number.isFinite(Number(value[1])))
      expect(shown.length, asked).toBeGreaterThan(0)
      for (const [, label = ''] of legend.matchAll(/\{\{(\w+)\}\}/g))
        for (const { metric } of shown) expect(Object.keys(metric)).toContain(label)
    }, soon)
  })
})

it('every metric that an alert uses exists', async () => {
  const known = (await ask('label/__name__/values')) as string[]
  expect(alertedFigures.size).toBeGreaterThan(10)
  for (const name of alertedFigures) expect(known).toContain(name)
})

it('services and RabbitMQ name their queues alike, so that an alert can combine them', async () => {
  await vi.waitFor(async () => {
    const handled = await query('sum by (queue) (quadrille_deliveries_handled_total)')
    expect(handled.map(({ metric }) => metric['queue'])).toEqual(
      expect.arrayContaining(['order.inbox', 'payment.tasks']),
    )
    const known = await query(
      'sum by (queue) (quadrille_deliveries_handled_total) and on (queue) rabbitmq_detailed_queue_messages_ready',
    )
    expect(known).toHaveLength(handled.length)
  }, soon)
})

interface Rule {
  readonly name: string
  readonly health: string
  readonly alerts: readonly { readonly state: string; readonly keepFiringSince?: string }[]
}

/** An alert that only outlasts its cause has `keepFiringSince`: refunds were refused, and then made. */
const hasCause = ({ alerts }: Rule): boolean =>
  alerts.some(({ state, keepFiringSince }) => state === 'firing' && !keepFiringSince)

it('Prometheus can evaluate every alert, and in the end none has a cause to fire', async () => {
  await vi.waitFor(async () => {
    const { groups } = (await ask('rules')) as { groups: readonly { rules: readonly Rule[] }[] }
    const rules = groups.flatMap((group) => group.rules)
    expect(rules.map(({ name }) => name).toSorted()).toEqual(alerts.map(({ alert }) => alert).toSorted())
    expect(rules.filter((rule) => rule.health !== 'ok' || hasCause(rule))).toEqual([])
  }, soon)
})
