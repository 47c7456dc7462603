import { useState } from 'preact/hooks'
import type { Event } from '../../api/types.ts'
import { clockTimeOf, durationOf, timeOf } from '../../format.ts'

interface HistoryEventProps {
  readonly event: Event
  /** The time is shown relative to it. */
  readonly first: Event
}

/** An event with its publisher and its time, and its content on demand. */
export const HistoryEvent = ({ event, first }: HistoryEventProps) => {
  const [isOpen, setOpen] = useState(false)
  const service = event.source.slice(1)
  return (
    <li class={`event ${service}`}>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <time dateTime={event.time} title={timeOf(event.time)}>
            {clockTimeOf(event.time)}
          </time>
          <span class="service">{service}</span>
          <strong>{event.type}</strong>
          {event !== first && <span class="faint since">{sinceOf(first, event)}</span>}
        </summary>
        {isOpen && <pre>{JSON.stringify(event, null, 2)}</pre>}
      </details>
    </li>
  )
}

/** Negative if the clocks of two services differ. */
const sinceOf = (first: Event, { time }: Event): string => {
  const ms = Date.parse(time) - Date.parse(first.time)
  return ms < 0 ? `−${durationOf(-ms)}` : `+${durationOf(ms)}`
}
