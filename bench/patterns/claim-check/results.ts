/** The table and the chart of docs/claim-check.md. */
import type { Figures } from '../../src/results/figures.ts'
import type { Mode } from '../../src/systems/product.ts'
import type { Results } from '../comparison.ts'

/** The medians of the rounds. */
export interface Measured {
  readonly mode: Mode
  readonly without: Figures
  readonly beside: Figures
  /** Photos that became ready while orders were measured. */
  readonly photosPerSecond: number
}

const titles = { embedded: 'in one process', rabbitmq: 'over RabbitMQ' } as const

const tenth = (value = Number.NaN): string => value.toFixed(1)

/** @param autogroups - a remark on the scheduler of the machine, or an empty text */
export const resultsOf = (measured: readonly Measured[], autogroups: string): Results => {
  const pairs = measured.flatMap(({ mode, without, beside, photosPerSecond }) => [
    { title: titles[mode], photos: 'without', figures: without },
    { title: titles[mode], photos: `beside ${tenth(photosPerSecond)} photos/s`, figures: beside },
  ])
  return {
    tables: [
      {
        title: `50 orders per second${autogroups && `, ${autogroups}`}`,
        columns: ['', 'photos', 'p50, ms', 'p99, ms', 'CPU an order with the photos, services, ms', 'Postgres, ms'],
        textColumns: 2,
        rows: pairs.map(({ title, photos, figures }) => [
          title,
          photos,
          ...[figures.settledP50, figures.settledP99, figures.cpuServices, figures.cpuPostgres].map(tenth),
        ]),
      },
    ],
    charts: [
      {
        kind: 'bars',
        title: 'From POST to settled, p50 and p99',
        unit: 'ms',
        digits: 1,
        bars: pairs.map(({ title, photos, figures: { settledP50 = 0, settledP99 = 0 } }) => ({
          label: `${title}, ${photos}`,
          segments: [
            { name: 'p50', value: settledP50 },
            { name: 'p99', value: settledP99 - settledP50 },
          ],
        })),
      },
    ],
  }
}
