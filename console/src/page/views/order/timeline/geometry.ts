/** Where the rows, the lanes and the arrows of a drawing are, in pixels. */
import type { Drawing } from './drawing.ts'

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

const rowHeight = 68
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
  const half = isWide ? halfCard : halfDot
  const pointOf = (row: number) => {
    const lane = lanes.findIndex(({ service }) => service === rows[row]?.node.service)
    return { x: laneX[lane] ?? left, y: (rowY[row] ?? 0) + rowHeight / 2 }
  }
  const paths = arrows.map(({ from, to, isExpected }) => {
    const [start, end] = [pointOf(from), pointOf(to)]
    return { isExpected, path: curve({ x: start.x, y: start.y + half }, { x: end.x, y: end.y - half }) }
  })
  return { isWide, height, laneX, laneWidth, rowY, arrows: paths }
}

interface Point {
  readonly x: number
  readonly y: number
}

/** Leaves and arrives vertically. */
const curve = (start: Point, end: Point): string => {
  const bend = Math.max(12, Math.min(40, (end.y - start.y) / 2))
  return `M${round(start)}C${round({ x: start.x, y: start.y + bend })} ${round({ x: end.x, y: end.y - bend })} ${round(end)}`
}

const round = ({ x, y }: Point): string => `${Math.round(x)} ${Math.round(y)}`
