/** Horizontal bar charts as SVG. */
import { colours, keyOf, opening, round, text } from './svg.ts'

export interface Segment {
  readonly name: string
  readonly value: number
}

export interface Bar {
  readonly label: string
  /** The parts of the bar, from left to right. */
  readonly segments: readonly Segment[]
  /** The number beside the bar. Default: the sum of its parts, which may differ if each of them is a median. */
  readonly value?: number
  /** The range of the repeats, drawn as a line. */
  readonly range?: { readonly min: number; readonly max: number }
}

export interface BarChart {
  readonly title: string
  readonly unit: string
  readonly digits: number
  readonly bars: readonly Bar[]
}

const width = 920
const labelWidth = 360
const valueWidth = 90
const barHeight = 18
const rowHeight = 26
const headHeight = 58

export const barChart = ({ title, unit, digits, bars }: BarChart): string => {
  const names = [...new Set(bars.flatMap(({ segments }) => segments.map(({ name }) => name)))]
  const colourOf = (name: string) => colours[names.indexOf(name) % colours.length] ?? ''
  const most = Math.max(...bars.map((bar) => Math.max(totalOf(bar), bar.range?.max ?? 0)), Number.MIN_VALUE)
  const x = (value: number) => round((value / most) * (width - labelWidth - valueWidth))
  const height = headHeight + bars.length * rowHeight + 8
  const lines = [
    ...opening(width, height),
    text({ x: 8, y: 20, content: `${title}, ${unit}`, bold: true }),
    ...(names.length > 1 ? names.flatMap((name, index) => keyOf(name, colourOf(name), index)) : []),
    ...bars.flatMap((bar, index) => drawBar(bar, { y: headHeight + index * rowHeight, x, colourOf, digits })),
    '</svg>',
  ]
  return `${lines.join('\n')}\n`
}

const totalOf = ({ segments }: Bar): number => segments.reduce((sum, { value }) => sum + value, 0)

interface Drawing {
  readonly y: number
  readonly x: (value: number) => number
  readonly colourOf: (name: string) => string
  readonly digits: number
}

const drawBar = (bar: Bar, { y, x, colourOf, digits }: Drawing): string[] => {
  let from = 0
  const parts = bar.segments.map(({ name, value }) => {
    const left = labelWidth + x(from)
    from += value
    return `<rect x="${round(left)}" y="${y}" width="${x(value)}" height="${barHeight}" fill="${colourOf(name)}"/>`
  })
  const { range } = bar
  const middle = y + barHeight / 2
  const whisker = range
    ? [
        `<path d="M${labelWidth + x(range.min)} ${middle}H${labelWidth + x(range.max)}" stroke="#222222" stroke-width="2" fill="none"/>`,
      ]
    : []
  const end = labelWidth + x(Math.max(totalOf(bar), range?.max ?? 0)) + 6
  return [
    text({ x: labelWidth - 8, y: y + 14, content: bar.label, anchor: 'end' }),
    ...parts,
    ...whisker,
    text({ x: round(end), y: y + 14, content: (bar.value ?? totalOf(bar)).toFixed(digits) }),
  ]
}
