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
    'Each service serves these at `/metrics` in the text format of Prometheus. Each metric of a service also has the label `service`. A histogram has the series `_bucket`, `_sum` and `_count`. See [metrics](../metrics.md) for how to read them.',
    '## Every service',
    metricTable(common),
    ...services.flatMap(({ name, metrics }) => {
      const own = metrics.filter((metric) => !isCommon(metric))
      return own.length === 0 ? [] : [`## The ${name} service`, metricTable(own)]
    }),
    '## The process',
    'Services that run in one process share these.',
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
