/** The way of an arrow from a cause to its effect. It turns only between rows and runs down only where no node is, so none hides it. */

interface Point {
  readonly x: number
  readonly y: number
}

export interface Ends {
  /** The middle of the node of each row. */
  readonly points: readonly Point[]
  /** The rows of the cause and of the effect. */
  readonly from: number
  readonly to: number
  /** From the middle of a node to its upper and lower edge. */
  readonly half: number
  /** Between two rows. */
  readonly gap: number
  readonly laneWidth: number
}

/**
 * An SVG path. It runs down in the lane of the effect, else in that of the cause, else between lanes. Arrows that leave a row and arrows
 * that arrive at the next one cross at different heights.
 */
export const routeOf = ({ points, from, to, half, gap, laneWidth }: Ends): string => {
  const [cause = origin, effect = origin] = [points[from], points[to]]
  const [start, end] = [cause.y + half, effect.y - half]
  const [leave, arrive] = [start + gap / 4, end - gap / 2]
  const occupied = new Set(points.slice(from + 1, to).map(({ x }) => x))
  const beside = effect.x + (cause.x > effect.x ? laneWidth : -laneWidth) / 2
  const x = [effect.x, cause.x].find((lane) => !occupied.has(lane)) ?? beside
  return `M${cause.x} ${start}V${leave}H${x}V${arrive}H${effect.x}V${end}`
}

const origin: Point = { x: 0, y: 0 }
