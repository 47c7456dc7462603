/** One node of the timeline, as a button that shows its content. */
import { nowMs } from '../../../clock.ts'
import { clockTimeOf, durationOf, timeOf } from '../../../format.ts'
import { Breakable } from '../../../parts/breakable.tsx'
import { type Geometry, timesWidth } from './geometry.ts'
import type { NodeKind, TimelineNode } from './node.ts'
import { buttonIdOf } from './use-focus-return.ts'

interface NodeCardProps {
  readonly node: TimelineNode
  /** The index of its lane. -1 if the service has none. */
  readonly lane: number
  readonly geometry: Geometry
  /** Times are shown relative to this node. */
  readonly first: TimelineNode | undefined
  readonly isSelected: boolean
  readonly onSelect: () => void
}

const labels: Readonly<Record<NodeKind, string>> = {
  event: '',
  failure: 'failed',
  outbox: 'not sent',
  retry: 'retry',
  dead_letter: 'dead letter',
  task: 'in progress',
  ghost: 'missing',
  operation: '',
}

export const NodeCard = ({ node, lane, geometry, first, isSelected, onSelect }: NodeCardProps) => {
  const { kind, service, title, detail } = node
  const time = <Time node={node} first={geometry.isWide ? first : undefined} />
  return (
    <>
      {geometry.isWide && <div class="time">{time}</div>}
      <button
        type="button"
        id={buttonIdOf(node.key)}
        class={`node kind-${kind}${kind === 'event' && isBad(title) ? ' bad' : ''}`}
        style={placeOf(geometry, lane)}
        aria-expanded={isSelected}
        title={[title, detail].filter(Boolean).join(': ')}
        onClick={onSelect}
      >
        <strong>
          <Breakable name={title} /> {/* the space, so that a label that does not fit is on a line of its own */}
          {labels[kind] && <span class="kind">{labels[kind]}</span>}
        </strong>
        {geometry.isWide ? (
          detail && <span class="detail">{detail}</span>
        ) : (
          <span class="detail">
            {service}, {time}
            {detail && ` · ${detail}`}
          </span>
        )}
      </button>
    </>
  )
}

/** Whether an event is bad news for the order, by the name of its type. */
const isBad = (type: string): boolean => /(?:Failed|Declined|Rejected)$/.test(type)

/** A narrow card stands beside the lanes, whose dot the style draws at `--dot`. */
const placeOf = ({ isWide, laneX, laneWidth }: Geometry, lane: number): Record<string, string> => {
  const x = laneX[lane] ?? (isWide ? timesWidth : 0)
  if (isWide) return { left: `${x - laneWidth / 2 + 4}px`, width: `${laneWidth - 8}px` }
  const left = laneX.length * laneWidth + 8
  return { left: `${left}px`, width: `calc(100% - ${left}px)`, '--dot': `${x - left}px` }
}

const Time = ({ node: { at, kind }, first }: Pick<NodeCardProps, 'node' | 'first'>) => {
  if (at === null) return <>{kind === 'ghost' ? 'not yet' : 'now'}</>
  const isDue = (kind === 'retry' || kind === 'outbox') && Date.parse(at) > nowMs.value
  return (
    <time dateTime={at} title={timeOf(at)}>
      {isDue && <span class="due">due </span>}
      {clockTimeOf(at)}
      {first?.at && first.at !== at && !isDue && <span class="since">{sinceOf(first.at, at)}</span>}
    </time>
  )
}

/** Negative if the clocks of two services differ. */
const sinceOf = (first: string, time: string): string => {
  const ms = Date.parse(time) - Date.parse(first)
  return ms < 0 ? `−${durationOf(-ms)}` : `+${durationOf(ms)}`
}
