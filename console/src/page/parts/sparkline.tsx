/** A small line of the last minutes. Its figures are also in the text beside it, so it is hidden from screen readers. */

interface SparklineProps {
  /** The oldest first. Null where there is no value. */
  readonly values: readonly (number | null)[]
  readonly class: string
  /** The value at the top. Default: the largest. */
  readonly max?: number
}

const width = 180
const height = 32

export const Sparkline = ({ values, class: name, max = largest(values) }: SparklineProps) => (
  <svg class={`sparkline ${name}`} viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
    <path d={pathOf(values, max)} vector-effect="non-scaling-stroke" />
  </svg>
)

export const largest = (values: readonly (number | null)[]): number => Math.max(1, ...values.map((value) => value ?? 0))

/** A path with a gap where there is no value. A value between two gaps is a short line. */
const pathOf = (values: readonly (number | null)[], max: number): string => {
  if (values.filter((value) => value !== null).length < 2) return '' // a line needs two points
  const step = width / Math.max(1, values.length - 1)
  return values
    .map((value, index) => {
      if (value === null) return ''
      const x = index * step
      const y = height - 1 - (value / max) * (height - 2)
      const begins = index === 0 || values[index - 1] === null
      return `${begins ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}${begins ? 'h.1' : ''}`
    })
    .join('')
}
