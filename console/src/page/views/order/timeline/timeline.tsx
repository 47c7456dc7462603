/** The order as lanes over time: what happened, what waits, and what is missing, with an arrow from each cause to its effect. */
import { useRef } from 'preact/hooks'
import { durationOf } from '../../../format.ts'
import { useWidth } from '../../../parts/use-width.ts'
import type { Drawing } from './drawing.ts'
import { type Geometry, geometryOf, pauseHeight } from './geometry.ts'
import type { TimelineNode } from './node.ts'
import { NodeCard } from './node-card.tsx'

interface TimelineProps {
  readonly drawing: Drawing
  /** The key of the selected node. */
  readonly selected: string | null
  readonly onSelect: (node: TimelineNode) => void
}

export const Timeline = ({ drawing, selected, onSelect }: TimelineProps) => {
  const element = useRef<HTMLDivElement>(null)
  const width = useWidth(element)
  const geometry = geometryOf(drawing, width)
  const { lanes, rows } = drawing
  return (
    <div class={`timeline ${geometry.isWide ? 'wide' : 'narrow'}`}>
      <LaneHeads drawing={drawing} geometry={geometry} />
      <div class="rows" style={{ height: `${geometry.height}px` }} ref={element}>
        <Lines geometry={geometry} width={width} />
        <ol>
          {rows.map(({ node, pauseMs }, index) => (
            <li key={node.key} style={{ top: `${geometry.rowY[index]}px` }}>
              {pauseMs !== null && (
                <p class="pause" style={{ top: `${-pauseHeight}px` }}>
                  {durationOf(pauseMs)} later
                </p>
              )}
              <NodeCard
                node={node}
                lane={lanes.findIndex(({ service }) => service === node.service)}
                geometry={geometry}
                first={rows[0]?.node}
                isSelected={node.key === selected}
                onSelect={() => onSelect(node)}
              />
            </li>
          ))}
        </ol>
      </div>
      {rows.some(({ isBehind }) => isBehind) && (
        <p class="faint">
          The clocks of the services differ, so some times here are earlier than those of their causes. Each effect is
          drawn below its cause, but the order of other rows may be wrong.
        </p>
      )}
    </div>
  )
}

interface Drawn {
  readonly drawing: Drawing
  readonly geometry: Geometry
}

/** The names of the lanes. On a narrow screen each card names its service instead. */
const LaneHeads = ({ drawing: { lanes }, geometry: { isWide, laneX, laneWidth } }: Drawn) => (
  <>
    {isWide && (
      <ul class="lanes" aria-label="Services">
        {lanes.map(({ service }, index) => (
          <li key={service} style={{ left: `${(laneX[index] ?? 0) - laneWidth / 2}px`, width: `${laneWidth}px` }}>
            {service}
          </li>
        ))}
      </ul>
    )}
    {lanes.map(({ service, unknown }) =>
      unknown === null ? null : (
        <p key={service} class="unknown">
          Messages in <strong>{service}</strong> may be missing here: {unknown}
        </p>
      ),
    )}
  </>
)

/** The lanes and the arrows. The order of the list and the texts of the nodes say the same. */
const Lines = ({
  geometry: { laneX, height, arrows },
  width,
}: {
  readonly geometry: Geometry
  readonly width: number
}) => (
  <svg width={width} height={height} aria-hidden="true">
    <defs>
      <marker id="arrow-head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
        <path d="M0 0L8 4L0 8z" />
      </marker>
    </defs>
    {laneX.map((x) => (
      <line key={x} class="lane" x1={x} x2={x} y1={0} y2={height} />
    ))}
    {arrows.map(({ path, isExpected }) => (
      <path key={path} class={isExpected ? 'arrow expected' : 'arrow'} d={path} marker-end="url(#arrow-head)" />
    ))}
  </svg>
)
