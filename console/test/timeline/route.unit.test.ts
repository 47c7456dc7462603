import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Ends, routeOf } from '../../src/page/views/order/timeline/route.ts'

const [gap, laneWidth, rowHeight] = [16, 160, 72]
const half = (rowHeight - gap) / 2

/** An arrow among nodes in these lanes, one in each row. */
const among = (lanes: readonly number[], from: number, to: number): Ends => {
  const points = lanes.map((lane, row) => ({ x: (lane + 0.5) * laneWidth, y: (row + 0.5) * rowHeight }))
  return { points, from, to, half, gap, laneWidth }
}

/** The ends and the corners of a path, in pairs of successive ones. */
const segmentsOf = (path: string) => {
  let point = { x: 0, y: 0 }
  const points = [...path.matchAll(/([MHV])([\d.]+)(?: ([\d.]+))?/g)].map(([, command, first, second]) => {
    const value = Number(first)
    point = command === 'M' ? { x: value, y: Number(second) } : { ...point, [command === 'H' ? 'x' : 'y']: value }
    return point
  })
  return points.slice(1).map((end, index) => ({ start: points[index] ?? end, end }))
}

const cards = fc.record({
  lanes: fc.array(fc.nat(4), { minLength: 2, maxLength: 8 }),
  ends: fc.tuple(fc.nat(100), fc.nat(100)),
})

test('no arrow runs behind a node', () => {
  fc.assert(
    fc.property(cards, ({ lanes, ends: [first, length] }) => {
      const from = first % (lanes.length - 1)
      const ends = among(lanes, from, from + 1 + (length % (lanes.length - 1 - from)))
      for (const { start, end } of segmentsOf(routeOf(ends)))
        for (const { x, y } of ends.points) {
          const besideIt =
            Math.max(start.x, end.x) <= x - laneWidth / 2 || Math.min(start.x, end.x) >= x + laneWidth / 2
          expect(besideIt || Math.max(start.y, end.y) <= y - half || Math.min(start.y, end.y) >= y + half).toBe(true)
        }
    }),
  )
})

test('an arrow is straight if nothing lies between', () => {
  expect(segmentsOf(routeOf(among([1, 0, 1], 0, 2))).every(({ end }) => end.x === 240)).toBe(true)
})

test('it turns between rows, and ends at the effect', () => {
  expect(routeOf(among([0, 1], 0, 1))).toBe('M80 64V68H240V72H240V80')
})

test('it runs in the lane of the cause if that of the effect is not free, and else between lanes', () => {
  const downAt = (lanes: readonly number[]) => {
    const segments = segmentsOf(routeOf(among(lanes, 0, lanes.length - 1)))
    return segments.find(({ start, end }) => end.y - start.y > rowHeight)?.end.x
  }
  expect(downAt([0, 2, 2])).toBe(80)
  expect(downAt([0, 2, 0, 2])).toBe(320)
})
