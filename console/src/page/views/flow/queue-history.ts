/** The figures of queues in the last five minutes, as far as this page has read them. */
import type { QueueReport } from '../../api/types.ts'

/** The figures that are kept. */
export type Figure = 'waiting' | 'lagMs' | 'retrying' | 'deadLetters'

type Figures = Readonly<Record<Figure, number | null>>

const stepMs = 5_000
const steps = 60

export interface QueueHistory {
  record(service: string, report: Pick<QueueReport, 'queues' | 'otherDeadLetters'>, nowMs: number): void
  /** A figure of a queue, the oldest first. Null where nothing was read. */
  series(queue: string, figure: Figure, nowMs: number): readonly (number | null)[]
  /** The sums over all queues, also of services that do not answer now. Null where nothing was read. */
  sum(figure: Figure, nowMs: number): readonly (number | null)[]
}

export const createQueueHistory = (): QueueHistory => {
  /** The last figures of each interval, by queue and the number of the interval. */
  const known = new Map<string, Map<number, Figures>>()
  const keep = (name: string, interval: number, figures: Figures) => {
    const intervals = known.get(name) ?? new Map<number, Figures>()
    known.set(name, intervals.set(interval, figures))
    for (const old of intervals.keys()) if (old <= interval - steps) intervals.delete(old)
  }
  const series: QueueHistory['series'] = (queue, figure, nowMs) => {
    const last = Math.floor(nowMs / stepMs)
    const intervals = known.get(queue)
    return Array.from({ length: steps }, (_, index) => intervals?.get(last - steps + 1 + index)?.[figure] ?? null)
  }
  return {
    record: (service, { queues, otherDeadLetters }, nowMs) => {
      const interval = Math.floor(nowMs / stepMs)
      for (const { name, waiting, lagMs, retrying, deadLetters } of queues)
        keep(name, interval, { waiting, lagMs, retrying, deadLetters })
      keep(service, interval, { ...nothing, deadLetters: otherDeadLetters }) // no queue has the name of its service
    },
    series,
    sum: (figure, nowMs) => sumOfSeries([...known.keys()].map((name) => series(name, figure, nowMs))),
  }
}

const nothing: Figures = { waiting: null, lagMs: null, retrying: null, deadLetters: null }

/** The sums of several series. Null where all are. */
const sumOfSeries = (all: readonly (readonly (number | null)[])[]): readonly (number | null)[] =>
  (all[0] ?? []).map((_, index) => {
    const values = all.flatMap((series) => series[index] ?? [])
    return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) : null
  })
