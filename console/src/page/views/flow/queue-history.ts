/** The figures of queues in the last five minutes, as far as this page has read them. */
import type { QueueReport } from '../../api/types.ts'

/** The figures that are kept. */
export type Figure = 'waiting' | 'lagMs' | 'retrying' | 'deadLetters'

type Figures = Readonly<Record<Figure, number | null>>

const stepMs = 5_000
const steps = 60

export interface QueueHistory {
  record(queues: QueueReport['queues'], nowMs: number): void
  /** A figure of a queue, the oldest first. Null where nothing was read. */
  series(queue: string, figure: Figure, nowMs: number): readonly (number | null)[]
}

export const createQueueHistory = (): QueueHistory => {
  /** The last figures of each interval, by queue and the number of the interval. */
  const known = new Map<string, Map<number, Figures>>()
  return {
    record: (queues, nowMs) => {
      const interval = Math.floor(nowMs / stepMs)
      for (const { name, waiting, lagMs, retrying, deadLetters } of queues) {
        const intervals = known.get(name) ?? new Map<number, Figures>()
        known.set(name, intervals.set(interval, { waiting, lagMs, retrying, deadLetters }))
        for (const old of intervals.keys()) if (old <= interval - steps) intervals.delete(old)
      }
    },
    series: (queue, figure, nowMs) => {
      const last = Math.floor(nowMs / stepMs)
      const intervals = known.get(queue)
      return Array.from({ length: steps }, (_, index) => intervals?.get(last - steps + 1 + index)?.[figure] ?? null)
    },
  }
}
