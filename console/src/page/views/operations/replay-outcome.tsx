/** The outcomes of replays. The log has only their requests, because a service handles a replay like any other message. */
import { useReadUntilFinal } from '../../read-until-final.ts'
import { isFinal, type Outcome } from '../dead-letters/outcome.ts'
import { readOutcome } from '../dead-letters/read-outcome.ts'
import type { ServiceOperation } from './merge-logs.ts'

interface ReplayOutcomeProps {
  readonly service: ServiceOperation['service']
  /** Undefined until it has been read. Those of old replays are not read. */
  readonly outcome: Outcome | undefined
}

export const ReplayOutcome = ({ service, outcome }: ReplayOutcomeProps) => {
  switch (outcome?.kind) {
    case undefined:
      return <span title="The dead letter shows the outcome">requested</span>
    case 'handled':
      return <span class="handled">handled</span>
    case 'again':
      return (
        <a class="alarming" href={`/dead-letters/${service}/${outcome.deadLetterId}`} title={outcome.error}>
          failed again
        </a>
      )
    case 'waiting':
      return <span title={outcome.why}>no outcome yet</span>
    case 'unrecorded':
      return <span title="It has not failed since. The service has no record of it that says more.">sent</span>
    case 'unknown':
      return <span title={`Its outcome can’t be told. ${outcome.why}`}>sent</span>
  }
}

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
  return useReadUntilFinal([...services.keys()], {
    read: (id, signal) => readOutcome(services.get(id) ?? '', id, signal),
    isFinal,
  })
}
