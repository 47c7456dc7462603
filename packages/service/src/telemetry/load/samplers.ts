/** Samples the queues of a service periodically, for the metrics. */
import type { Consumer } from '@quadrille/messaging'
import { type Figures, figuresOf, type Sample } from './figures.ts'
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
  readonly load: ConsumerLoad
  /** The greatest age of the messages that this instance has handled in the last seconds, at their first attempt, ms. */
  readonly lagMs: () => number | null
}

/** Samples one queue. */
export interface LoadSampler extends MonitoredConsumer {
  readonly sample: () => Promise<void>
  /** The load as of the last sample. */
  readonly figures: () => Figures
}

/** Rates cover this many samples: three intervals. */
const samplesKept = 4

/** One sampler per queue, because the broker may respond late for one of them. */
export const createLoadSamplers = (all: readonly MonitoredConsumer[], metrics: LoadMetrics): LoadSampler[] => {
  const samplers = all.map(createLoadSampler)
  metrics.observe(() => samplers.map(({ queue, figures }) => ({ queue, ...figures() })))
  return samplers
}

const createLoadSampler = (monitored: MonitoredConsumer): LoadSampler => {
  const { consumer, load } = monitored
  const samples: Sample[] = []
  return {
    ...monitored,
    figures: () => figuresOf(samples),
    sample: async () => {
      let depth: Sample['depth'] = null
      try {
        depth = await consumer.depth()
      } finally {
        samples.push({
          atMs: performance.now(),
          depth,
          handled: load.handled(),
          busyMs: load.busyMs(),
          rateLimited: load.rateLimited?.() ?? null,
        })
        samples.splice(0, samples.length - samplesKept)
      }
    },
  }
}
