import type { Comparison } from '../comparison.ts'
import { measureOutages } from './outages.ts'
import { outageCharts, outageTable, ratesTable } from './page.ts'
import { measureRates } from './rates.ts'

/** Two-phase commit beside the choreography: rates, latencies and locks, then the same faults. */
export const compareTwoPhaseCommit: Comparison = async (context) => {
  const rates = await measureRates(context)
  const outages = await measureOutages(context)
  return { tables: [ratesTable(rates), outageTable(outages)], charts: outageCharts(outages) }
}
