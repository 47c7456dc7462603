/** The order of the runs. */
import { keyOf, type Run } from '../results/result.ts'
import type { Load } from './loads.ts'
import type { Row } from './rows.ts'

/** One start of a system, and the loads that it gets one after the other. */
export interface Session {
  readonly row: Row
  /** From 1. */
  readonly repeat: number
  readonly loads: readonly Load[]
}

export interface Plan {
  readonly rows: readonly Row[]
  /** The loads of a row in a repeat. */
  loadsOf(row: Row, repeat: number): readonly Load[]
  readonly repeats: number
}

/**
 * The rows take turns, and each repeat reverses their order, so that a change of the machine's speed affects all of them
 * alike.
 */
export const sessionsOf = ({ rows, loadsOf, repeats }: Plan): Session[] =>
  Array.from({ length: repeats }, (_, index) => index + 1).flatMap((repeat) =>
    (repeat % 2 === 1 ? rows : rows.toReversed()).map((row) => ({ row, repeat, loads: loadsOf(row, repeat) })),
  )

/** The sessions without the runs that a result file contains already. */
export const remaining = (sessions: readonly Session[], done: readonly Run[]): Session[] => {
  const keys = new Set(done.map(keyOf))
  return sessions
    .map(({ row, repeat, loads }) => ({
      row,
      repeat,
      loads: loads.filter(({ id }) => !keys.has(keyOf({ row: row.id, load: id, repeat }))),
    }))
    .filter(({ loads }) => loads.length > 0)
}
