/** Four relays for one outbox: the product's handoff and sweep, and change data capture by query, trigger and log. */
import type { Comparison } from '../comparison.ts'
import { measureKills } from './measurements/kills.ts'
import { measureRates } from './measurements/rates.ts'
import { charts, costTable, delayTable, killTable } from './tables.ts'

/** @throws if a relay loses a message. */
export const compareChangeDataCapture: Comparison = async (context) => {
  const rates = await measureRates(context)
  const kills = await measureKills(context)
  return { tables: [delayTable(rates), costTable(rates), killTable(kills)], charts: charts(rates) }
}
