/** The figures about the process on the shop's /metrics. */
import { setTimeout as pause } from 'node:timers/promises'
import type { Target } from './target.ts'

export interface Figures {
  /** When the process began, s since 1970. */
  readonly started: number
  readonly residentBytes: number
  readonly heapBytes: number
  readonly openOrders: number
  readonly series: number
}

/** @throws if the order service does not answer. */
export const readFigures = async ({ ports }: Target): Promise<Figures> => {
  const page = await (await fetch(`http://127.0.0.1:${ports.order}/metrics`)).text()
  const figure = (name: string) => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(page)?.[1])
  return {
    started: figure('process_start_time_seconds'),
    residentBytes: figure('process_resident_memory_bytes'),
    heapBytes: figure('nodejs_heap_size_used_bytes'),
    openOrders: figure('quadrille_orders_open'),
    series: page.split('\n').filter((line) => /^[a-z]/.test(line)).length,
  }
}

/** A metrics page is shared for a second, ms. */
const freshAfterMs = 1_100

/**
 * The figures as soon as they are acceptable, or the last ones when the time is over. Garbage is collected before each
 * reading.
 */
export const untilFigures = async (
  target: Target,
  isGood: (figures: Figures) => boolean,
  withinMs: number,
): Promise<Figures> => {
  for (const begun = performance.now(); ; ) {
    target.collectGarbage?.()
    await pause(freshAfterMs)
    const figures = await readFigures(target)
    if (isGood(figures) || performance.now() - begun > withinMs) return figures
  }
}
