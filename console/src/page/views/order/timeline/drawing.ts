/** The timeline of an order as rows in lanes, with an arrow from each cause to its effect. */
import { arrange, type Row } from './arrange.ts'
import type { TimelineFacts } from './facts.ts'
import { nodesOf, type ServicesModel } from './nodes.ts'

export interface Drawing {
  readonly lanes: readonly Lane[]
  readonly rows: readonly Row[]
  readonly arrows: readonly Arrow[]
}

export interface Lane {
  readonly service: string
  /** Why the timeline may lack what this service holds. Null if it lacks nothing. */
  readonly unknown: string | null
}

/** From one row to another one, by their indexes. */
export interface Arrow {
  readonly from: number
  readonly to: number
  /** True if the effect has not happened yet. */
  readonly isExpected: boolean
}

/** The lanes are the services of the facts. A service that is in no fact has none. */
export const draw = (facts: TimelineFacts, model: ServicesModel): Drawing => {
  const rows = arrange(nodesOf(facts, model))
  const rowOf = new Map(rows.map(({ node }, index) => [node.key, index]))
  const arrows = rows.flatMap(({ node: { kind, cause } }, to): Arrow[] => {
    const from = cause === null ? undefined : rowOf.get(cause)
    return from === undefined ? [] : [{ from, to, isExpected: kind === 'ghost' }]
  })
  return { lanes: facts.services.map(({ service, unknown }) => ({ service, unknown })), rows, arrows }
}
