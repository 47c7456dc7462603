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

/** Of a corner. */
const maxRadius = 6

/** An SVG path. */
export const routeOf = (ends: Ends): string => roundedPath(turnsOf(cornersOf(ends)))

/**
 * It runs down in the lane of the effect, else in that of the cause, else between lanes. Arrows that leave a row and arrows that arrive at
 * the next one cross at different heights.
 */
const cornersOf = ({ points, from, to, half, gap, laneWidth }: Ends): Point[] => {
  const [cause = origin, effect = origin] = [points[from], points[to]]
  const [start, end] = [cause.y + half, effect.y - half]
  const [leave, arrive] = [start + gap / 4, end - gap / 2]
  const occupied = new Set(points.slice(from + 1, to).map(({ x }) => x))
  const beside = effect.x + (cause.x > effect.x ? laneWidth : -laneWidth) / 2
  const x = [effect.x, cause.x].find((lane) => !occupied.has(lane)) ?? beside
  return [
    { x: cause.x, y: start },
    { x: cause.x, y: leave },
    { x, y: leave },
    { x, y: arrive },
    { x: effect.x, y: arrive },
    { x: effect.x, y: end },
  ]
}

const origin: Point = { x: 0, y: 0 }

const turnsOf = (points: readonly Point[]): Point[] =>
  points
    .filter((point, index) => index === 0 || !isSame(point, points[index - 1]))
    .filter((point, index, all) => !isStraight(all[index - 1], point, all[index + 1]))

const isSame = ({ x, y }: Point, other: Point | undefined): boolean => x === other?.x && y === other.y

const isStraight = (before: Point | undefined, { x, y }: Point, after: Point | undefined): boolean =>
  (before?.x === x && after?.x === x) || (before?.y === y && after?.y === y)

const roundedPath = (points: readonly Point[]): string =>
  points
    .map((point, index) => {
      const [before, after] = [points[index - 1], points[index + 1]]
      if (!before) return `M${textOf(point)}`
      if (!after) return `L${textOf(point)}`
      const radius = Math.min(maxRadius, distance(before, point) / 2, distance(point, after) / 2)
      return `L${textOf(towards(before, point, radius))}Q${textOf(point)} ${textOf(towards(after, point, radius))}`
    })
    .join('')

const distance = (a: Point, b: Point): number => Math.abs(a.x - b.x) + Math.abs(a.y - b.y)

/** On the horizontal or vertical line to `corner`, this far before it. */
const towards = (other: Point, corner: Point, before: number): Point => ({
  x: corner.x + Math.sign(other.x - corner.x) * before,
  y: corner.y + Math.sign(other.y - corner.y) * before,
})

const textOf = ({ x, y }: Point): string => `${Math.round(x * 2) / 2} ${Math.round(y * 2) / 2}`
