/** The content of the selected node: its event, its failed attempts, or its dead letter. */
import { useEffect, useRef } from 'preact/hooks'
import type { Event, FailedAttempt } from '../../../api/types.ts'
import { preciseTimeOf } from '../../../format.ts'
import { EventStates } from '../states/event-states.tsx'
import type { TimelineNode } from './node.ts'

interface NodeDetailsProps {
  readonly orderId: string
  readonly node: TimelineNode
  readonly events: readonly Event[]
  readonly onClose: () => void
}

export const NodeDetails = ({ orderId, node, events, onClose }: NodeDetailsProps) => {
  const { key, service, title, at, detail, contents } = node
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    heading.current?.focus({ preventScroll: true })
    heading.current?.closest('section')?.scrollIntoView({ block: 'nearest' })
  }, [key])
  return (
    <section
      class="panel node-details"
      aria-label={`Details of ${title}`}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" onClick={onClose}>
          Close
        </button>
      </header>
      <p class="faint">
        {service}
        {at !== null && `, ${preciseTimeOf(at)}`}
      </p>
      {detail && <p>{detail}</p>}
      {contents?.kind === 'attempts' && <Attempts attempts={contents.attempts} />}
      {contents?.kind === 'event' && (
        <>
          <EventStates orderId={orderId} eventId={contents.id} key={contents.id} />
          <pre>
            {JSON.stringify(
              events.find(({ id }) => id === contents.id),
              null,
              2,
            )}
          </pre>
        </>
      )}
      {contents?.kind === 'dead_letter' && (
        <p>
          <a href={`/dead-letters/${contents.service}/${contents.id}`}>
            Dead letter <code>{contents.id}</code> of {contents.service}
          </a>
        </p>
      )}
    </section>
  )
}

/** The newest first. Their count is in the detail of the node. */
const Attempts = ({ attempts }: { readonly attempts: readonly FailedAttempt[] }) => (
  <>
    {attempts[0] && attempts[0].attempt > attempts.length && (
      <p class="faint">Only the newest {attempts.length} are kept.</p>
    )}
    <ol class="attempts" reversed>
      {attempts.map(({ number, at, error, outcome }) => (
        <li key={number}>
          <time dateTime={at}>{preciseTimeOf(at)}</time> {error}{' '}
          <span class="faint">{outcome === 'parked' ? 'dead letter' : outcome}</span>
        </li>
      ))}
    </ol>
  </>
)
