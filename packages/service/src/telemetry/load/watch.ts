/** Looks at the queues of a service again and again, and shows how they stand. */
import type { Consumer } from '@quadrille/messaging'
import { figuresOf, type Sample } from './figures.ts'
import type { LoadMetrics } from './metrics.ts'

/** What an instance has done for one queue since it began. Both only grow. */
export interface ConsumerLoad {
  /** Deliveries that it is done with, whatever has become of them. */
  readonly handled: () => number
  /** For how long it was at its bound, ms; a time in which it did half of what it can counts half. */
  readonly busyMs: () => number
}

/** One consumer, and what it has done. */
export interface Consuming {
  readonly queue: string
  readonly consumer: Consumer
  readonly work: ConsumerLoad
}

/** Samples one queue once. */
export interface Watch {
  readonly queue: string
  readonly sample: () => Promise<void>
}

/** Rates are taken over so many samples: three intervals. */
const samplesKept = 4

/** A watch for each queue, as the broker may leave the question about one of them open for long. */
export const watchLoad = (all: readonly Consuming[], metrics: LoadMetrics): Watch[] => {
  const watches = all.map((consuming) => {
    const samples: Sample[] = []
    return { consuming, samples }
  })
  metrics.observe(() => watches.map(({ consuming: { queue }, samples }) => ({ queue, ...figuresOf(samples) })))
  return watches.map(({ consuming: { queue, consumer, work }, samples }) => ({
    queue,
    sample: async () => {
      let depth: Sample['depth'] = null
      try {
        depth = await consumer.depth()
      } finally {
        samples.push({ atMs: performance.now(), depth, handled: work.handled(), busyMs: work.busyMs() })
        samples.splice(0, samples.length - samplesKept)
      }
    },
  }))
}
