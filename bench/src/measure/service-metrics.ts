/** Figures from `/metrics` of the product's processes. */
import { sumOf } from './prometheus.ts'

export interface ServiceMetrics {
  /** Transactions that handled messages, since the start. */
  readonly batches: number
  /** Messages in them. */
  readonly messages: number
  /** The highest 99th percentile of the event-loop delay of a process, since its last reading, ms. */
  readonly loopDelayMs: number
}

/** Reads all processes at once. Null without processes, or if they have other metrics. */
export const readServiceMetrics = async (urls: readonly string[]): Promise<ServiceMetrics | null> => {
  if (urls.length === 0) return null
  const pages = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()))
  return combine(pages)
}

export const combine = (pages: readonly string[]): ServiceMetrics | null => {
  const all = pages.map((page) => ({
    batches: sumOf(page, 'quadrille_batch_size_count'),
    messages: sumOf(page, 'quadrille_batch_size_sum'),
    loopDelayMs: sumOf(page, 'nodejs_eventloop_lag_p99_seconds') * 1_000,
  }))
  const messages = all.reduce((sum, one) => sum + one.messages, 0)
  const batches = all.reduce((sum, one) => sum + one.batches, 0)
  if (!Number.isFinite(messages + batches)) return null
  return { messages, batches, loopDelayMs: Math.max(...all.map(({ loopDelayMs }) => loopDelayMs)) }
}
