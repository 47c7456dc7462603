/** Metrics of a service's queues and its load. docs/scaling-metrics.md explains them. */
import { Gauge, type Registry } from 'prom-client'
import type { Figures } from './figures.ts'

export type LoadMetrics = ReturnType<typeof createLoadMetrics>

export const createLoadMetrics = (registry: Registry) => ({
  /** Shows the load of each queue as of the last sample. Unknown values are left out. */
  observe: (read: () => readonly (Figures & { readonly queue: string })[]) => {
    const gauge = (name: string, help: string, figure: (figures: Figures) => number | null | undefined) =>
      new Gauge({
        name,
        help,
        labelNames: ['queue'],
        registers: [registry],
        collect() {
          this.reset()
          for (const { queue, ...figures } of read()) {
            const value = figure(figures)
            if (value !== null && value !== undefined) this.set({ queue }, value)
          }
        },
      })
    gauge('quadrille_queue_depth', 'Messages that wait for a consumer', ({ depth }) => depth?.messages)
    gauge('quadrille_consumers', 'Instances that consume the queue', ({ depth }) => depth?.consumers)
    gauge(
      'quadrille_consumer_utilisation',
      'The share of its capacity that this instance used, from 0 to 1',
      ({ utilisation }) => utilisation,
    )
    gauge(
      'quadrille_tasks_rate_limited',
      'Tasks of this instance that wait for a permit of a rate limit',
      ({ rateLimited }) => rateLimited,
    )
    gauge(
      'quadrille_instances_wanted',
      'Instances that the queue needs, at a utilisation of 0.7',
      ({ instancesWanted }) => instancesWanted,
    )
  },
})
