import { concernsStatement, faultOf } from '@quadrille/postgres'
import { Unavailable } from '../../errors/unavailable.ts'
import type { Trial } from '../trial.ts'

interface TrialOfLetter extends Trial {
  readonly id: string
}

export interface TryEachOptions {
  /** No dead letter is tried after this time, ms. A single one may take as long as the statement timeout. */
  readonly maxMs?: number
  /** A monotonic clock, ms. */
  readonly nowMs?: () => number
}

/** Tries dead letters one after the other. Resolves with one item for each, also if there was no time for it. */
export const tryEach = async (
  ids: readonly string[],
  tryOne: (id: string) => Promise<Trial>,
  { maxMs = 20_000, nowMs = () => performance.now() }: TryEachOptions = {},
): Promise<TrialOfLetter[]> => {
  const untilMs = nowMs() + maxMs
  const items: TrialOfLetter[] = []
  for (const id of ids) items.push({ id, ...(nowMs() < untilMs ? await tryOne(id) : outOfTime) })
  return items
}

const outOfTime: Trial = { outcome: 'not_tried', detail: 'The dry run has taken too long; select fewer messages.' }

/** The trial of a dead letter that can't be tried now, although others can be. @throws any other error. */
export const untried = (error: unknown): Trial => {
  if (error instanceof Unavailable || faultOf(error) === 'conflict')
    return { outcome: 'not_tried', detail: 'Another session has locked its rows; try again.' }
  if (concernsStatement(error))
    return { outcome: 'not_tried', detail: 'Postgres refuses a statement for it now; a replay would wait.' }
  throw error
}
