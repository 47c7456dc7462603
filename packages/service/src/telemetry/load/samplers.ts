/** Samples the queues of a service periodically, for the metrics. */
import type { Consumer } from '@quadrille/messaging'
import { type Figures, figuresOf, type Sample } from './figures.ts'
import type { LoadMetrics } from './metrics.ts'

/** One consumer, its work since the start of the instance, and whether its messages wait. */
export interface MonitoredConsumer {
  readonly queue: string
  readonly consumer: Consumer
  /** Settled deliveries, with any outcome. Only grows. */
  readonly handled: () => number
  /** Cumulative busy time in ms, weighted by utilisation. Only grows. */
  readonly busyMs: () => number
  /** The number of tasks that wait for a permit. Absent if the queue has no rate limit. */
  readonly rateLimited?: (() => number) | undefined
  /** The greatest age of the messages that this instance has handled in the last seconds, at their first attempt, ms. */
  readonly lagMs: () => number | null
  /** The kind of failure while this instance holds its messages, because all fail in the same way; otherwise null. */
  readonly heldFor: () => string | null
  /** The time since the held messages were released, or have left this instance, ms. Infinity if it has never held any. */
  readonly releasedForMs: () => number
  /** True while its tasks wait for an external system that does not answer. False for the inbox. */
  readonly circuitOpen: () => boolean
}

/** Samples one queue. */
export interface LoadSampler extends MonitoredConsumer {
  readonly sample: () => Promise<void>
  /** The load as of the last sample. */
  readonly figures: () => Figures
}

/** Rates cover this many samples: three intervals. */
const samplesKept = 4

/** One sampler for each queue. The metrics show their figures. */
export const createLoadSamplers = (all: readonly MonitoredConsumer[], metrics: LoadMetrics): LoadSampler[] => {
  const samplers = all.map(createLoadSampler)
  metrics.observe(() => samplers.map(({ queue, figures }) => ({ queue, ...figures() })))
  return samplers
}

const createLoadSampler = (monitored: MonitoredConsumer): LoadSampler => {
  const { consumer, handled, busyMs, rateLimited } = monitored
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
          handled: handled(),
          busyMs: busyMs(),
          rateLimited: rateLimited?.() ?? null,
        })
        samples.splice(0, samples.length - samplesKept)
      }
    },
  }
}
