import type { Outcome } from '../dead-letters/outcome.ts'
import type { ServiceOperation } from './merge-logs.ts'

interface ReplayOutcomeProps {
  readonly service: ServiceOperation['service']
  /** Undefined until it has been read. Those of old replays are not read. */
  readonly outcome: Outcome | undefined
}

/** The outcome of a replay. That the message was sent is not an outcome. */
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
