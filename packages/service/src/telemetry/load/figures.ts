/** The load of one queue on an instance, from samples of the last seconds. */
import type { QueueDepth } from '@quadrille/messaging'
import { instancesWanted } from './instances-wanted.ts'

export interface Sample {
  /** On a monotonic clock, ms. */
  readonly atMs: number
  /** Null if it is unknown. */
  readonly depth: QueueDepth | null
  /** See ConsumerLoad. */
  readonly handled: number
  readonly busyMs: number
  readonly rateLimited: number | null
}

export interface Figures {
  readonly depth: QueueDepth | null
  /** From 0 to 1. Null if there is only one sample. */
  readonly utilisation: number | null
  /** Tasks that wait for a permit. Null if the queue has no rate limit. */
  readonly rateLimited: number | null
  /** Null if one of the others is null. */
  readonly instancesWanted: number | null
}

/**
 * @param samples oldest first. The depth is that of the last sample. Rates are taken from the first to the last one.
 */
export const figuresOf = (samples: readonly Sample[]): Figures => {
  const [first, last] = [samples.at(0), samples.at(-1)]
  const rateLimited = last?.rateLimited ?? null
  if (!first || !last || last.atMs <= first.atMs)
    return { depth: last?.depth ?? null, utilisation: null, rateLimited, instancesWanted: null }
  const ms = last.atMs - first.atMs
  const utilisation = Math.min(1, (last.busyMs - first.busyMs) / ms)
  const { depth } = last
  if (depth === null) return { depth, utilisation, rateLimited, instancesWanted: null }
  const wanted = instancesWanted({
    waiting: depth.messages,
    growthPerS: growthPerS(samples),
    consumers: depth.consumers,
    handledPerS: ((last.handled - first.handled) / ms) * 1_000,
    utilisation,
    lacksPermits: samples.every((sample) => (sample.rateLimited ?? 0) > 0),
  })
  return { depth, utilisation, rateLimited, instancesWanted: wanted }
}

const growthPerS = (samples: readonly Sample[]): number => {
  const known = samples.flatMap(({ atMs, depth }) => (depth === null ? [] : [{ atMs, messages: depth.messages }]))
  const [first, last] = [known.at(0), known.at(-1)]
  if (!first || !last || last.atMs <= first.atMs) return 0
  return ((last.messages - first.messages) / (last.atMs - first.atMs)) * 1_000
}
