import { expect, it } from 'vitest'
import { cachingAnalyser } from '../src/invariants/history-analysis.ts'

it('a history is analysed once, also while the cache is full', () => {
  const analyse = cachingAnalyser()
  const histories = Array.from({ length: 10_000 }, (_, parcel) => `OrderPlaced,ShipmentDispatched ${parcel}`)
  const analyses = histories.map(analyse)
  expect(histories.map(analyse).every((analysis, index) => analysis === analyses[index])).toBe(true)
})
