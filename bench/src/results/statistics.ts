/** Statistics of few repeats and of many latencies. */

export interface Summary {
  readonly p50: number
  readonly p99: number
}

/** The percentile by nearest rank. NaN without values. `share` is from 0 to 1. */
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.max(0, Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1))] ?? Number.NaN

export const summarize = (values: readonly number[]): Summary => {
  const sorted = values.toSorted((a, b) => a - b)
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) }
}

export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
  /** The number of values. */
  readonly count: number
}

/** The median of an even number of values is the mean of the middle two. */
export const spreadOf = (values: readonly number[]): Spread => {
  const sorted = values.toSorted((a, b) => a - b)
  const [low = Number.NaN, high = Number.NaN] = [
    sorted[Math.ceil(sorted.length / 2) - 1],
    sorted[Math.floor(sorted.length / 2)],
  ]
  return {
    median: (low + high) / 2,
    min: sorted[0] ?? Number.NaN,
    max: sorted.at(-1) ?? Number.NaN,
    count: sorted.length,
  }
}
