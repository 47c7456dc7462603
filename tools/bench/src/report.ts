import type { Measured } from './load.ts'

/** The percentile by nearest rank. `share` is from 0 to 1. */
const percentile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN
}

const ms = (value: number) => `${value.toFixed(1)} ms`

/** Settled orders per second. */
export const rateOf = ({ latenciesMs, ms: lasted }: Measured): number => (latenciesMs.length / lasted) * 1_000

/** The ratios of several rounds and their average, in percent. */
export const ratiosLine = (ratios: readonly number[]): string => {
  const average = ratios.reduce((sum, one) => sum + one) / ratios.length
  return `${ratios.map(percent).join(', ')}; ${percent(average)} on average`
}

const percent = (share: number): string => `${Math.round(share * 100)} %`

export const throughputLine = (measured: Measured, inFlight: number): string => {
  const { latenciesMs } = measured
  return `${Math.round(rateOf(measured))} orders/s settled with ${inFlight} in flight (POST to settled: p50 ${ms(percentile(latenciesMs, 0.5))}, p99 ${ms(percentile(latenciesMs, 0.99))})`
}

export const latencyLine = ({ latenciesMs, acceptedMs }: Measured, perSecond: number): string =>
  `at ${perSecond} orders/s: POST to settled p50 ${ms(percentile(latenciesMs, 0.5))}, p99 ${ms(percentile(latenciesMs, 0.99))}; ` +
  `POST to 202 p50 ${ms(percentile(acceptedMs, 0.5))}, p99 ${ms(percentile(acceptedMs, 0.99))}`
