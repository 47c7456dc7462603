import type { Measured } from './load.ts'

/** The value that `share` of the values are not above (nearest rank). */
const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

const ms = (value: number) => `${value.toFixed(1)} ms`

export const throughputLine = ({ latenciesMs, ms: lasted }: Measured, inFlight: number): string => {
  const rate = Math.round((latenciesMs.length / lasted) * 1_000)
  return `${rate} orders/s settled with ${inFlight} in flight (POST to settled: p50 ${ms(percentile(latenciesMs, 0.5))}, p99 ${ms(percentile(latenciesMs, 0.99))})`
}

export const latencyLine = ({ latenciesMs, acceptedMs }: Measured, perSecond: number): string =>
  `at ${perSecond} orders/s: POST to settled p50 ${ms(percentile(latenciesMs, 0.5))}, p99 ${ms(percentile(latenciesMs, 0.99))}; ` +
  `POST to 202 p50 ${ms(percentile(acceptedMs, 0.5))}, p99 ${ms(percentile(acceptedMs, 0.99))}`
