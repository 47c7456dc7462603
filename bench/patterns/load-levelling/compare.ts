import type { Comparison } from '../comparison.ts'
import { problemsOf, resultsOf } from './results.ts'
import { rules, runBurst } from './run.ts'

/** A burst for one payment worker, which becomes several and then one again. */
export const levelLoad: Comparison = async ({ servers, quick, log }) => {
  const orders = quick ? 2_000 : 20_000
  const burst = await runBurst({ servers, orders, log })
  const problems = problemsOf(burst, { orders, rules })
  if (problems.length > 0) throw new Error(`${problems.join('; ')}.`)
  return resultsOf(burst)
}
