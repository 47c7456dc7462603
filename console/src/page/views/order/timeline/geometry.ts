/** Where the rows, the lanes and the arrows of a drawing are, in pixels. */
import type { Drawing } from './drawing.ts'
import { routeOf } from './route.ts'

export interface Geometry {
  /** Wide: each node is a card in its lane. Narrow: the lanes are lines on the left, and the texts stand beside them. */
  readonly isWide: boolean
  readonly height: number
  /** The middle of each lane. */
  readonly laneX: readonly number[]
  readonly laneWidth: number
  /** The top of each row. */
  readonly rowY: readonly number[]
  readonly arrows: readonly { readonly path: string; readonly isExpected: boolean }[]
}

const rowHeight = 72
/** The space above a row for its pause. */
export const pauseHeight = 30
/** The column of the times. */
export const timesWidth = 108
/** Below this width the lanes are lines. */
const wideFrom = 640
const narrowLaneWidth = 20
/** From the middle of a row to the edge of its card. */
const halfCard = 28
/** From the middle of a row to the edge of its dot. */
const halfDot = 7

export const geometryOf = ({ lanes, rows, arrows }: Drawing, width: number): Geometry => {
  const isWide = width >= wideFrom
  const laneWidth = isWide ? (width - timesWidth) / Math.max(1, lanes.length) : narrowLaneWidth
  const left = isWide ? timesWidth : 0
  const laneX = lanes.map((_, index) => left + (index + 0.5) * laneWidth)
  const rowY: number[] = []
  let height = 0
  for (const { pauseMs } of rows) {
    if (pauseMs !== null) height += pauseHeight
    rowY.push(height)
    height += rowHeight
  }
  const points = rows.map(({ node }, index) => ({
    x: laneX[lanes.findIndex(({ service }) => service === node.service)] ?? left,
    y: (rowY[index] ?? 0) + rowHeight / 2,
  }))
  const half = isWide ? halfCard : halfDot
  const paths = arrows.map(({ from, to, isExpected }) => ({
    isExpected,
    path: routeOf({ points, from, to, half, gap: rowHeight - 2 * half, laneWidth }),
  }))
  return { isWide, height, laneX, laneWidth, rowY, arrows: paths }
}
