/** The main figures of the page about performance, in sentences: where Quadrille is ahead, and where it is behind. */
import type { FigureName } from '../results/figures.ts'
import type { SummaryLine } from '../results/summary.ts'
import { yardstickOf } from './sections.ts'

/** Without a sentence whose rows were not all measured. */
export const headline = (lines: readonly SummaryLine[]): string[] => [
  ...compared(lines, 'closed', 'rate').map(
    ({ embedded, rabbitmq, peer, times }) =>
      `With 200 orders in flight Quadrille settled ${embedded.toFixed(0)} orders per second in one process and ${rabbitmq.toFixed(0)} over RabbitMQ: ${times} the rate of ${peer}.`,
  ),
  ...compared(withManySkus(lines), 'closed', 'rate').map(
    ({ peer, times }) => `With 1,000 SKUs instead of one, its rate was ${times} that of ${peer}.`,
  ),
  ...compared(lines, '50/s', 'cpu').map(
    ({ embedded, rabbitmq, peer, times }) =>
      `At 50 orders per second an order took ${embedded.toFixed(1)} and ${rabbitmq.toFixed(1)} ms of CPU: ${times} that of ${peer}.`,
  ),
  ...compared(lines, '50/s', 'settledP50').map(
    ({ embedded, rabbitmq, peer, times }) =>
      `At that rate the median order was settled after ${embedded.toFixed(0)} and ${rabbitmq.toFixed(0)} ms: ${times} the time of ${peer}.`,
  ),
]

/** The figure of Quadrille in both modes, and their ratios to the yardstick. */
const compared = (all: readonly SummaryLine[], load: string, name: FigureName) => {
  const lines = all.filter((line) => line.load === load)
  const first = yardstickOf(lines, name)
  const medianOf = (row: string) => lines.find((line) => line.row === row)?.figures[name]?.median
  const [embedded, rabbitmq] = [medianOf('embedded'), medianOf('rabbitmq')]
  if (!first || embedded === undefined || rabbitmq === undefined) return []
  const [one, other] = [embedded, rabbitmq].map((median) => (median / first.median).toFixed(1))
  return [{ embedded, rabbitmq, peer: first.peer, times: `${one} and ${other} times` }]
}

/** The rows with 1,000 SKUs, by the names of those with one. */
const withManySkus = (lines: readonly SummaryLine[]): SummaryLine[] =>
  lines.flatMap((line) => (line.row.endsWith('-skus') ? [{ ...line, row: line.row.slice(0, -'-skus'.length) }] : []))
