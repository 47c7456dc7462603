import { catalog } from '@quadrille/events'
import { isUniquePerSubject } from '@quadrille/messages'
import { expect, it } from 'vitest'
import { cachingAnalyser } from '../src/invariants/history-analysis.ts'

it('a history is analysed once, also while the cache is full', () => {
  const analyse = cachingAnalyser()
  const histories = Array.from({ length: 10_000 }, (_, parcel) => `OrderPlaced,ShipmentDispatched ${parcel}`)
  const analyses = histories.map(analyse)
  expect(histories.map(analyse).every((analysis, index) => analysis === analyses[index])).toBe(true)
})

const severalOfAnOrder = Object.values(catalog).filter(
  (definition) => definition.kind === 'event' && !isUniquePerSubject(definition),
)

it.each(severalOfAnOrder)('an order may have several events of the type $type, but none twice', ({ type }) => {
  const repeatedIn = (eventList: string) => cachingAnalyser()(eventList).repeated
  expect(repeatedIn(`OrderPlaced,${type} 1,${type} 2`)).toEqual([])
  expect(repeatedIn(`OrderPlaced,${type} 1,${type} 1`)).toHaveLength(1)
})
