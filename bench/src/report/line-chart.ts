/** Charts of values over time as SVG: one panel for each quantity, below each other, with the same time axis. */
import { colours, keyOf, opening, round, text } from './svg.ts'

export interface Line {
  readonly name: string
  /** Seconds from the start, and the value. Sorted by time. */
  readonly points: readonly (readonly [number, number])[]
}

export interface Panel {
  readonly unit: string
  readonly lines: readonly Line[]
}

export interface LineChart {
  readonly title: string
  readonly panels: readonly Panel[]
}

const width = 920
const left = 70
const right = 20
const headHeight = 58
const panelHeight = 130
const panelGap = 34
const footHeight = 24

/** Each panel begins at zero and has a scale of its own. Lines of the same name have the same colour. */
export const lineChart = ({ title, panels }: LineChart): string => {
  const names = [...new Set(panels.flatMap(({ lines }) => lines.map(({ name }) => name)))]
  const colourOf = (name: string) => colours[names.indexOf(name) % colours.length] ?? ''
  const seconds = largest(panels.flatMap(({ lines }) => lines.flatMap(({ points }) => points.map(([at]) => at))))
  const x = (at: number) => round(left + (at / seconds) * (width - left - right))
  const height = headHeight + panels.length * (panelHeight + panelGap) + footHeight
  const lines = [
    ...opening(width, height),
    text({ x: 8, y: 20, content: title, bold: true }),
    ...names.flatMap((name, index) => keyOf(name, colourOf(name), index)),
    ...panels.flatMap((panel, index) =>
      drawPanel(panel, { top: headHeight + panelGap / 2 + index * (panelHeight + panelGap), x, colourOf }),
    ),
    ...timeAxis(seconds, x, height - 8),
    '</svg>',
  ]
  return `${lines.join('\n')}\n`
}

interface Drawing {
  readonly top: number
  readonly x: (at: number) => number
  readonly colourOf: (name: string) => string
}

const drawPanel = ({ unit, lines }: Panel, { top, x, colourOf }: Drawing): string[] => {
  const most = ceiling(largest(lines.flatMap(({ points }) => points.map(([, value]) => value))))
  const bottom = top + panelHeight
  const y = (value: number) => round(bottom - (value / most) * panelHeight)
  return [
    `<path d="M${left} ${top}V${bottom}H${width - right}" stroke="#999999" fill="none"/>`,
    text({ x: left - 8, y: top + 10, content: String(most), anchor: 'end' }),
    text({ x: left - 8, y: bottom, content: '0', anchor: 'end' }),
    text({ x: left + 6, y: top - 4, content: unit }),
    ...lines.flatMap(({ name, points }) =>
      points.length === 0
        ? []
        : [
            `<path d="M${points.map(([at, value]) => `${x(at)} ${y(value)}`).join('L')}" stroke="${colourOf(name)}" stroke-width="2" fill="none"/>`,
          ],
    ),
  ]
}

/** Five marks. */
const timeAxis = (seconds: number, x: (at: number) => number, y: number): string[] =>
  [0, 0.25, 0.5, 0.75, 1].map((share) =>
    text({
      x: x(seconds * share),
      y,
      content: `${Math.round(seconds * share)} s`,
      anchor: share === 1 ? 'end' : 'middle',
    }),
  )

const largest = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, value), Number.MIN_VALUE)

/** The next of 1, 2, 5, 10, 20, 50, … */
const ceiling = (value: number): number => {
  const power = 10 ** Math.floor(Math.log10(value))
  return [1, 2, 5, 10].map((factor) => factor * power).find((mark) => mark >= value) ?? value
}
