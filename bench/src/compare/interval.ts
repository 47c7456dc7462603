/** The confidence interval of a ratio, from paired measurements. */

export interface Ratio {
  /** The geometric mean of the ratios of the pairs. */
  readonly mean: number
  /** The ends of the 95 % confidence interval. */
  readonly low: number
  readonly high: number
}

/** The 97.5th percentiles of Student's t distribution, by degrees of freedom from 1. */
const studentT = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228],
  ...[2.201, 2.179, 2.16, 2.145, 2.131, 2.12, 2.11, 2.101, 2.093, 2.086],
]
/** For more degrees of freedom, which is at most 6 % too low. */
const normal = 1.96

/** Of values above 0. */
export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length)

/**
 * The logarithms of the ratios are taken as normally distributed. For as few pairs as a benchmark has, an interval by
 * resampling (bootstrap) is too narrow: with six pairs, one that is meant to cover 95 % covers less than 90 %. Two pairs are
 * the minimum. All values must be above 0.
 */
export const ratioOf = (pairs: readonly (readonly [before: number, after: number])[]): Ratio => {
  const logs = pairs.map(([before, after]) => Math.log(after / before))
  const mean = logs.reduce((sum, one) => sum + one, 0) / logs.length
  const variance = logs.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (logs.length - 1)
  const half = (studentT[logs.length - 2] ?? normal) * Math.sqrt(variance / logs.length)
  return { mean: Math.exp(mean), low: Math.exp(mean - half), high: Math.exp(mean + half) }
}

export type Verdict = 'slower' | 'faster' | 'undecided'

/** Smaller differences are not reported, however certain they are. */
const negligible = 0.02

/** @param better - whether a higher or a lower figure is better */
export const verdictOn = ({ mean, low, high }: Ratio, better: 'higher' | 'lower'): Verdict => {
  if ((low <= 1 && high >= 1) || Math.abs(mean - 1) < negligible) return 'undecided'
  return mean > 1 === (better === 'higher') ? 'faster' : 'slower'
}
