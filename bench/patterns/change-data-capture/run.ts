/** Four relays for one outbox: the product's handoff and sweep, and change data capture by query, trigger and log. */
import type { Comparison } from '../comparison.ts'
import { measureKills } from './measurements/kills.ts'
import { measureMissedChanges } from './measurements/missed-changes.ts'
import { measureRates } from './measurements/rates.ts'
import { measureUnreadSlots } from './measurements/unread-slot.ts'
import { measureWriters } from './measurements/writers.ts'
import { charts, costTable, delayTable, killTable, missedTable, slotTable, writerTable } from './tables.ts'

/** @throws if a relay loses a message. */
export const compareChangeDataCapture: Comparison = async (context) => {
  const rates = await measureRates(context)
  const kills = await measureKills(context)
  const missed = await measureMissedChanges(context)
  const writers = await measureWriters(context)
  const slots = await measureUnreadSlots(context)
  return {
    tables: [
      delayTable(rates),
      costTable(rates),
      killTable(kills),
      missedTable(missed),
      writerTable(writers),
      slotTable(slots),
    ],
    charts: charts(rates),
  }
}
