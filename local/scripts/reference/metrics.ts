/** The page docs/reference/metrics.md. */
import { describeProcessMetrics, describeService, type MetricDescription } from '@quadrille/service/tools'
import { definitions } from '../../src/definitions.ts'
import { code, page, table } from './markdown.ts'

const services = Object.entries(definitions).map(([name, definition]) => ({
  name,
  ...definition.apply(describeService),
}))

export const metricsPage = (): string =>
  page('Metrics', [
    'Each instance of a service serves these at `/metrics` in the text format of Prometheus. Each metric of a service also has the label `service`. A histogram has the series `_bucket`, `_sum` and `_count`.',
    'Gauges of orders, shipments, refused refunds, dead letters and the outbox come from the database, so the instances show about the same value: aggregate them with `max`, never with `sum`. Each instance measures them itself, once a second to every ten seconds. If that has failed for a minute, the value is `NaN`, which `max` ignores, or is missing. Counters and histograms belong to an instance: aggregate them with `sum`.',
    'Status 499 of an HTTP request means that its client disconnected before the response, or that a stop cut it off after 3 s. Unusual methods are `other`.',
    'See also [metrics to watch](../scaling.md#metrics-to-watch), [queue metrics](../scaling-metrics.md), [metrics of dead letters](../dead-letters.md#metrics), the [dashboards](../dashboards.md) and the [alerts](../alerts.md).',
    '## Every service',
    metricTable(common),
    ...services.flatMap(({ name, metrics }) => {
      const own = metrics.filter((metric) => !isCommon(metric))
      return own.length === 0 ? [] : [`## The ${name} service`, metricTable(own)]
    }),
    '## The process',
    'Services that run in one process share these, as with `npm start`. The lag of the event loop is measured only while the process is busy for 2 % of its time or more. Otherwise it is 0. The delay that ends an idle time is only in the maximum. If the 99th percentile is above 0.1, add an instance.',
    metricTable(describeProcessMetrics()),
  ])

const isCommon = ({ name }: MetricDescription): boolean =>
  services.every(({ metrics }) => metrics.some((metric) => metric.name === name))

const common = (services[0]?.metrics ?? []).filter(isCommon)

const metricTable = (metrics: readonly MetricDescription[]): string =>
  table(
    ['metric', 'type', 'labels', 'help'],
    metrics.map(({ name, type, labels, help }) => [code(name), type, labels.map(code).join(', '), help]),
  )
