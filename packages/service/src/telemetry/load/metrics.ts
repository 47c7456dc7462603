/** How the queues of a service stand, and whether it can cope. docs/scaling.md says how to read them. */
import { Gauge, type Registry } from 'prom-client'
import type { Figures } from './figures.ts'

export interface LoadMetrics {
  /** Shows the figures of each queue, as they were when it was looked at last. What isn't known is left out. */
  readonly observe: (read: () => readonly (Figures & { readonly queue: string })[]) => void
}

export const createLoadMetrics = (registry: Registry): LoadMetrics => ({
  observe: (read) => {
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
    gauge('quadrille_queue_depth', 'Messages that wait until a consumer has room', ({ depth }) => depth?.messages)
    gauge('quadrille_consumers', 'Instances that consume the queue', ({ depth }) => depth?.consumers)
    gauge(
      'quadrille_consumer_utilisation',
      'The share of its capacity that this instance used, from 0 to 1',
      ({ utilisation }) => utilisation,
    )
    gauge(
      'quadrille_instances_wanted',
      'Instances that would do what the queue asks, being busy for 0.7 of the time',
      ({ instancesWanted }) => instancesWanted,
    )
  },
})
