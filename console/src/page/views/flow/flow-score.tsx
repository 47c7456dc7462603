/** The map as a score: a lane for each service, a row for each event. It is a table, which screen readers can read too. */
import { EventRow } from './event-row.tsx'
import { LaneQueues } from './lane-queues.tsx'
import { type FlowLayout, labelWidth } from './layout.ts'
import { isAlarming } from './queue-name.ts'
import type { ServiceQueues } from './use-queues.ts'

interface FlowScoreProps {
  readonly layout: FlowLayout
  /** In the order of the lanes. */
  readonly services: readonly ServiceQueues[]
}

export const FlowScore = ({ layout, services }: FlowScoreProps) => {
  const lanes = services.map((service) => ({ service: service.model.name, isFailing: isFailing(service) }))
  return (
    <table class="score" style={{ width: `${layout.width}px` }}>
      <caption class="visually-hidden">
        The events in the order in which they follow from each other, with the services that publish and receive them
      </caption>
      <colgroup>
        <col style={{ width: `${labelWidth}px` }} />
        <col span={lanes.length} />
      </colgroup>
      <thead>
        <tr>
          <td />
          {lanes.map(({ service }) => (
            <th key={service} scope="col">
              {service}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        <tr class="queues">
          <th scope="row">
            Queues
            <Legend />
          </th>
          {services.map((service) => (
            <td key={service.model.name}>
              <LaneQueues {...service} />
            </td>
          ))}
        </tr>
        {layout.rows.map((row) => (
          <EventRow key={row.event.type} row={row} layout={layout} lanes={lanes} />
        ))}
      </tbody>
    </table>
  )
}

const isFailing = ({ report, error }: ServiceQueues): boolean =>
  error !== undefined || (report !== undefined && isAlarming(report))

/** Explains the marks of the lines. */
const Legend = () => (
  <ul class="legend">
    <li>
      <svg width="34" height="12" aria-hidden="true">
        <circle class="source" cx="7" cy="6" r="5" />
      </svg>
      publishes the event
    </li>
    <li>
      <svg width="34" height="12" aria-hidden="true">
        <path class="line" d="M0 6H16" />
        <path class="head" d="M22 6L14 1.5V10.5z" />
        <circle class="ring" cx="26" cy="6" r="4" />
      </svg>
      receives it
    </li>
    <li>A thicker line: a higher rate</li>
  </ul>
)
