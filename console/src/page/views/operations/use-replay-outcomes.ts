/** The outcomes of replays. The log has only their requests, because a service handles a replay like any other message. */
import { useOutcomes } from '../../use-outcomes.ts'
import { isFinal, type Outcome } from '../dead-letters/outcome.ts'
import { readOutcome } from '../dead-letters/read-outcome.ts'
import type { ServiceOperation } from './merge-logs.ts'

/** The newest. Each costs four requests, and those whose outcome is open are read again. */
const maxFollowed = 20

/** By the ids of the dead letters. A dead letter is replayed once: if its message fails again, it is another one. */
export const useReplayOutcomes = (operations: readonly ServiceOperation[]): ReadonlyMap<string, Outcome> => {
  const replays = operations
    .flatMap(({ service, outcome, deadLetterId }) =>
      outcome === 'requested' && deadLetterId !== null ? [[deadLetterId, service] as const] : [],
    )
    .slice(0, maxFollowed)
  const services = new Map(replays)
  return useOutcomes([...services.keys()], {
    read: (id, signal) => readOutcome(services.get(id) ?? '', id, signal),
    isFinal,
  })
}
