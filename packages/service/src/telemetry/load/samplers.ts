/** Samples the queues of a service periodically, for the metrics. */
import type { Consumer } from '@quadrille/messaging'
import { figuresOf, type Sample } from './figures.ts'
import type { LoadMetrics } from './metrics.ts'

/** The work of an instance for one queue since its start. Both values only grow. */
export interface ConsumerLoad {
  /** Settled deliveries, with any outcome. */
  readonly handled: () => number
  /** Cumulative busy time in ms, weighted by utilisation. */
  readonly busyMs: () => number
  /** The number of tasks that wait for a permit. Absent if the queue has no rate limit. */
  readonly rateLimited?: (() => number) | undefined
}

/** One consumer, and its load. */
export interface MonitoredConsumer {
  readonly queue: string
  readonly consumer: Consumer
  readonly work: ConsumerLoad
}

/** Samples one queue once. */
export interface LoadSampler {
  readonly queue: string
  readonly sample: () => Promise<void>
}

/** Rates cover this many samples: three intervals. */
const samplesKept = 4

/** One sampler per queue, because the broker may respond late for one of them. */
export const createLoadSamplers = (all: readonly MonitoredConsumer[], metrics: LoadMetrics): LoadSampler[] => {
  const sampled = all.map((monitored) => {
    const samples: Sample[] = []
    return { monitored, samples }
  })
  metrics.observe(() => sampled.map(({ monitored: { queue }, samples }) => ({ queue, ...figuresOf(samples) })))
  return sampled.map(({ monitored: { queue, consumer, work }, samples }) => ({
    queue,
    sample: async () => {
      let depth: Sample['depth'] = null
      try {
        depth = await consumer.depth()
      } finally {
        samples.push({
          atMs: performance.now(),
          depth,
          handled: work.handled(),
          busyMs: work.busyMs(),
          rateLimited: work.rateLimited?.() ?? null,
        })
        samples.splice(0, samples.length - samplesKept)
      }
    },
  }))
}
