/** An event on the map: a line from the lane of its publisher to those of its subscribers. */
import { EventRate, perSecondOf } from './event-rate.tsx'
import { type FlowEdge, type FlowLayout, type FlowRow, levelOf, rowHeight } from './layout.ts'

/** The lane of a service. */
export interface Lane {
  readonly service: string
  readonly isFailing: boolean
}

interface EventRowProps {
  readonly row: FlowRow
  readonly layout: FlowLayout
  readonly lanes: readonly Lane[]
}

export const EventRow = ({ row, layout, lanes }: EventRowProps) => {
  const { event } = row
  return (
    <tr class={`event level-${levelOf(perSecondOf(event.type))}`}>
      <th scope="row">
        <span class="type">{event.type}</span>
        <EventRate type={event.type} />
        <Lines row={row} width={layout.width} />
      </th>
      {lanes.map(({ service, isFailing }) => (
        <td key={service} class={isFailing ? 'failing' : undefined}>
          <span class="visually-hidden">{roleOf(service, row)}</span>
        </td>
      ))}
    </tr>
  )
}

const roleOf = (service: string, { event: { publisher, subscribers } }: FlowRow): string => {
  if (service === publisher) return 'publishes'
  return subscribers.includes(service) ? 'receives it' : ''
}

const y = rowHeight / 2
const publisherRadius = 6
const ringRadius = 4.5

/** The cells of the row say the same. */
const Lines = ({ row: { publisherX, edges }, width }: { readonly row: FlowRow; readonly width: number }) => (
  <svg width={width} height={rowHeight} aria-hidden="true">
    {edges.map((edge) => (
      <path key={edge.subscriber} class="line" d={lineOf(edge)} />
    ))}
    {edges.map((edge) => (
      <path key={edge.subscriber} class="head" d={headOf(edge)} />
    ))}
    {edges.map(({ subscriber, toX }) => (
      <circle key={subscriber} class="ring" cx={toX} cy={y} r={ringRadius} />
    ))}
    <circle class="source" cx={publisherX} cy={y} r={publisherRadius} />
  </svg>
)

const directionOf = ({ fromX, toX }: FlowEdge): 1 | -1 => (toX < fromX ? -1 : 1)

const lineOf = (edge: FlowEdge): string =>
  `M${edge.fromX + directionOf(edge) * ringRadius} ${y}H${edge.toX - directionOf(edge) * (ringRadius + 6)}`

const headOf = (edge: FlowEdge): string => {
  const tip = edge.toX - directionOf(edge) * ringRadius
  const back = tip - directionOf(edge) * 8
  return `M${tip} ${y}L${back} ${y - 4.5}V${y + 4.5}z`
}
