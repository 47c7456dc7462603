/** Looks at the queues of a service again and again, and shows how they stand. */
import type { Consumer } from '@quadrille/messaging'
import type { Job } from '../../runtime/define.ts'
import { figuresOf, type Sample } from './figures.ts'
import type { LoadMetrics } from './metrics.ts'
import type { Work } from './work.ts'

/** One consumer, and what it has done. */
export interface Consuming {
  readonly queue: string
  readonly consumer: Consumer
  readonly work: Work
}

export interface WatchOptions {
  readonly metrics: LoadMetrics
  readonly everyMs: number
}

/** Rates are taken over so many samples: three intervals. */
const samplesKept = 4

/** A job for each queue, as the broker may leave the question about one of them open for long. */
export const watchLoad = (all: readonly Consuming[], { metrics, everyMs }: WatchOptions): Job[] => {
  const watches = all.map((consuming) => ({ consuming, samples: [] as Sample[] }))
  metrics.observe(() => watches.map(({ consuming: { queue }, samples }) => ({ queue, ...figuresOf(samples) })))
  return watches.map(({ consuming, samples }) => ({
    name: `watch ${consuming.queue}`,
    everyMs,
    run: async () => {
      let depth: Sample['depth'] = null
      try {
        depth = await consuming.consumer.depth()
      } finally {
        const { handled, busyMs } = consuming.work
        samples.push({ atMs: performance.now(), depth, handled: handled(), busyMs: busyMs() })
        samples.splice(0, samples.length - samplesKept)
      }
    },
  }))
}
