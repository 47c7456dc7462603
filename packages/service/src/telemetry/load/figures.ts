/** The load of one queue on an instance, from samples of the last seconds. */
import type { QueueDepth } from '@quadrille/messaging'
import { instancesWanted } from './instances-wanted.ts'

export interface Sample {
  /** On a monotonic clock, ms. */
  readonly atMs: number
  /** Null if it is unknown. */
  readonly depth: QueueDepth | null
  /** Settled deliveries since the start. */
  readonly handled: number
  /** Cumulative busy time in ms, weighted by utilisation. */
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
  const last = samples.at(-1)
  return {
    depth: last?.depth ?? null,
    utilisation: utilisationOf(samples),
    rateLimited: last?.rateLimited ?? null,
    instancesWanted: hintOf(sinceFirstHandled(samples)),
  }
}

const utilisationOf = (samples: readonly Sample[]): number | null => {
  const [first, last] = [samples.at(0), samples.at(-1)]
  if (!first || !last || last.atMs <= first.atMs) return null
  return Math.min(1, (last.busyMs - first.busyMs) / (last.atMs - first.atMs))
}

/**
 * Without the time until the first message was handled. An instance is slow while it starts, and messages that it began but did not
 * finish would let it look even slower, so that it would want many more instances.
 */
const sinceFirstHandled = (samples: readonly Sample[]): readonly Sample[] =>
  samples.slice(
    Math.max(
      0,
      samples.findIndex(({ handled }) => handled > 0),
    ),
  )

const hintOf = (samples: readonly Sample[]): number | null => {
  const [first, last, utilisation] = [samples.at(0), samples.at(-1), utilisationOf(samples)]
  if (!first || !last?.depth || utilisation === null) return null
  return instancesWanted({
    waiting: last.depth.messages,
    growthPerS: growthPerS(samples),
    consumers: last.depth.consumers,
    averageConsumers: averageConsumers(samples),
    handledPerS: ((last.handled - first.handled) / (last.atMs - first.atMs)) * 1_000,
    utilisation,
    lacksPermits: samples.every(({ rateLimited }) => (rateLimited ?? 0) > 0),
  })
}

/** The samples whose depth is known. */
const depthsOf = (samples: readonly Sample[]) =>
  samples.flatMap(({ atMs, depth }) => (depth === null ? [] : [{ atMs, ...depth }]))

/** Weighted by time. Between two samples the number is assumed to have changed in the middle. */
const averageConsumers = (samples: readonly Sample[]): number => {
  const depths = depthsOf(samples)
  let [ms, instanceMs] = [0, 0]
  for (const [index, { atMs, consumers }] of depths.slice(1).entries()) {
    const before = depths[index]
    if (!before) continue
    ms += atMs - before.atMs
    instanceMs += ((before.consumers + consumers) / 2) * (atMs - before.atMs)
  }
  return ms > 0 ? instanceMs / ms : (depths.at(-1)?.consumers ?? 0)
}

const growthPerS = (samples: readonly Sample[]): number => {
  const known = depthsOf(samples)
  const [first, last] = [known.at(0), known.at(-1)]
  if (!first || !last || last.atMs <= first.atMs) return 0
  return ((last.messages - first.messages) / (last.atMs - first.atMs)) * 1_000
}
