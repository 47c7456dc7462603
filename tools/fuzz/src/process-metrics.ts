/** Reads metrics of the shop's process from /metrics. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Target } from './target.ts'

export interface ProcessMetrics {
  /** The start time of the process, s since 1970. */
  readonly started: number
  readonly residentBytes: number
  /** The heap, and the memory of buffers outside of it. */
  readonly heapBytes: number
  readonly openOrders: number
  /** The number of metric series. */
  readonly series: number
}

/** @throws if the order service does not answer. */
export const readMetrics = async ({ ports }: Target): Promise<ProcessMetrics> => {
  const page = await (await fetch(`http://127.0.0.1:${ports.order}/metrics`)).text()
  const metric = (name: string) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(page)?.[1])
  return {
    started: metric('process_start_time_seconds'),
    residentBytes: metric('process_resident_memory_bytes'),
    heapBytes: metric('nodejs_heap_size_used_bytes') + metric('nodejs_external_memory_bytes'),
    openOrders: metric('quadrille_orders_open'),
    series: page.split('\n').filter((line) => /^[a-z]/.test(line)).length,
  }
}

/** The shop caches its metrics for a second. After this time they are fresh, ms. */
const freshAfterMs = 1_100

/**
 * Reads the metrics until they are acceptable or the time is over, and returns the last ones. Collects the garbage before
 * each reading.
 * @throws if the run ends early.
 */
export const pollMetrics = async (
  target: Target,
  isGood: (metrics: ProcessMetrics) => boolean,
  withinMs: number,
): Promise<ProcessMetrics> => {
  for (const begun = performance.now(); ; ) {
    target.collectGarbage()
    await pause(freshAfterMs, undefined, { signal: target.signal })
    const metrics = await readMetrics(target)
    if (isGood(metrics) || performance.now() - begun > withinMs) return metrics
  }
}
