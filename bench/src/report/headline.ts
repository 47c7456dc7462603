/** The main figures of the page about performance, in sentences: where Quadrille is ahead, and where it is behind. */
import type { FigureName } from '../results/figures.ts'
import type { SummaryLine } from '../results/summary.ts'
import { yardstickOf } from './sections.ts'

/** Without a sentence whose rows were not all measured. */
export const headline = (lines: readonly SummaryLine[]): string[] => [
  ...compared(lines, 'closed', 'rate').map(
    ({ embedded, rabbitmq, peer }) =>
      `With 200 orders in flight Quadrille settled ${embedded.median.toFixed(0)} orders per second in one process and ${rabbitmq.median.toFixed(0)} over RabbitMQ: ${embedded.times} and ${rabbitmq.times} times the rate of ${peer}.`,
  ),
  ...compared(lines, '50/s', 'cpu').map(
    ({ embedded, rabbitmq, peer }) =>
      `At 50 orders per second an order took ${embedded.median.toFixed(1)} ms of CPU in one process and ${rabbitmq.median.toFixed(1)} ms over RabbitMQ: ${embedded.times} and ${rabbitmq.times} times the CPU of ${peer}.`,
  ),
]

/** The figure of Quadrille in both modes, with its ratio to the yardstick. */
const compared = (all: readonly SummaryLine[], load: string, name: FigureName) => {
  const lines = all.filter((line) => line.load === load)
  const first = yardstickOf(lines, name)
  const medianOf = (row: string) => lines.find((line) => line.row === row)?.figures[name]?.median
  const [embedded, rabbitmq] = [medianOf('embedded'), medianOf('rabbitmq')]
  if (!first || embedded === undefined || rabbitmq === undefined) return []
  const withTimes = (median: number) => ({ median, times: (median / first.median).toFixed(2) })
  return [{ embedded: withTimes(embedded), rabbitmq: withTimes(rabbitmq), peer: first.peer }]
}
