import { concernsStatement, faultOf } from '@quadrille/postgres'
import { Unavailable } from '../../errors/unavailable.ts'
import type { Trial } from '../trial.ts'

interface TrialOfLetter extends Trial {
  readonly id: string
}

/** No dead letter is tried after this time, ms. A single one may take as long as the statement timeout. */
const maxMs = 20_000

/** Tries dead letters one after the other. Resolves with one item for each, also if there was no time for it. */
export const tryEach = async (
  ids: readonly string[],
  tryOne: (id: string) => Promise<Trial>,
): Promise<TrialOfLetter[]> => {
  const untilMs = performance.now() + maxMs
  const items: TrialOfLetter[] = []
  for (const id of ids) items.push({ id, ...(performance.now() < untilMs ? await tryOne(id) : outOfTime) })
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
