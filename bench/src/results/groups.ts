import { floorLoads } from '../plan/loads.ts'
import type { FloorLines } from './distance.ts'
import type { SummaryLine } from './summary.ts'

export interface LineGroups {
  /** Lines of loads with orders. */
  readonly orders: readonly SummaryLine[]
  readonly idle: readonly SummaryLine[]
  readonly floors: readonly SummaryLine[]
  /** The floors of which the floor of an order consists. */
  readonly floorLines: FloorLines
}

export const groupLines = (lines: readonly SummaryLine[]): LineGroups => {
  const floorIds = new Map(floorLoads.map((load) => [load.id, load.floor]))
  const floors = lines.filter(({ load }) => floorIds.has(load))
  const named = (name: string) => floors.find(({ load }) => floorIds.get(load) === name)
  return {
    orders: lines.filter(({ load }) => load !== 'idle' && !floorIds.has(load)),
    idle: lines.filter(({ load }) => load === 'idle'),
    floors,
    floorLines: {
      rows: named('rows-batched'),
      messages: named('messages'),
      counted: lines.find(({ row, load }) => row === 'rabbitmq' && load === 'closed'),
    },
  }
}
