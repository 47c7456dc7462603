import type { Outcome } from './outcome.ts'

interface ReplayOutcomeProps {
  readonly service: string
  /** Undefined until it has been read. */
  readonly outcome: Outcome | undefined
}

/** The outcome of a replay in a few words. The log has only its request, because a service handles a replay like any other message. */
export const ReplayOutcome = ({ service, outcome }: ReplayOutcomeProps) => {
  switch (outcome?.kind) {
    case undefined:
      return <span title="Its outcome has not been read">requested</span>
    case 'handled':
      return <span class="handled">handled</span>
    case 'again':
      return (
        <a class="alarming" href={`/dead-letters/${service}/${outcome.deadLetterId}`} title={outcome.why}>
          dead letter again
        </a>
      )
    case 'waiting':
      return <span title={outcome.why}>still waiting</span>
    case 'unrecorded':
      return <span title={outcome.why}>sent, without a record</span>
  }
}
