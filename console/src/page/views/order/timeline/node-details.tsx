/** The content of the selected node: its events as JSON, or its failed attempts. */

import { useEffect, useRef } from 'preact/hooks'
import type { Event, FailedAttempt } from '../../../api/types.ts'
import { clockTimeOf, timeOf } from '../../../format.ts'
import type { TimelineNode } from './node.ts'

interface NodeDetailsProps {
  readonly node: TimelineNode
  readonly events: readonly Event[]
  readonly onClose: () => void
}

export const NodeDetails = ({ node, events, onClose }: NodeDetailsProps) => {
  const { key, service, title, at, detail, contents } = node
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    const before = document.activeElement
    heading.current?.focus()
    return () => before instanceof HTMLElement && before.focus()
  }, [key])
  return (
    <section class="panel node-details" aria-label={`Details of ${title}`}>
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
        {at !== null && `, ${timeOf(at)}`}
      </p>
      {detail && <p>{detail}</p>}
      {contents.kind === 'attempts' && <Attempts attempts={contents.attempts} />}
      {contents.kind === 'events' &&
        events
          .filter(({ id }) => contents.ids.includes(id))
          .map((event) => <pre key={event.id}>{JSON.stringify(event, null, 2)}</pre>)}
      {contents.kind === 'dead_letter' && (
        <p>
          <a href={`/dead-letters/${contents.service}/${contents.id}`}>
            Dead letter <code>{contents.id}</code> of {contents.service}
          </a>
        </p>
      )}
    </section>
  )
}

/** The newest first. */
const Attempts = ({ attempts }: { readonly attempts: readonly FailedAttempt[] }) => (
  <ol class="attempts" reversed>
    {attempts.map(({ number, at, error, outcome }) => (
      <li key={number}>
        <time dateTime={at}>{clockTimeOf(at)}</time> {error} <span class="faint">{outcome}</span>
      </li>
    ))}
  </ol>
)
