/** The table and the chart of docs/follow-an-order.md. */
import type { Results } from '../comparison.ts'
import { rounded } from '../rounded.ts'
import type { Measured } from './measure.ts'

const whole = (value: number): string => Math.round(value).toLocaleString('en')

export const resultsOf = (measured: readonly (Measured & { readonly kind: string })[]): Results => ({
  tables: [
    {
      title: 'Cost of following the same orders, and the delay until a client has a change',
      columns: [
        ...['', 'clients at a time', 'requests', 'MB', 'CPU an order, services, ms', 'Postgres, ms', 'memory, MB'],
        ...['delay p50, ms', 'p99, ms'],
      ],
      rows: measured.map(({ kind, delay, ...costs }) => [
        kind,
        ...[costs.clients, costs.requests].map(whole),
        ...[costs.bytes / 1e6, costs.cpuServices, costs.cpuPostgres].map(rounded),
        whole(costs.memory),
        ...[delay?.p50, delay?.p99].map((ms) => (ms === undefined ? '–' : rounded(ms))),
      ]),
    },
  ],
  charts: [
    {
      kind: 'bars',
      title: 'CPU an order, with its client',
      unit: 'ms',
      digits: 1,
      bars: measured.map(({ kind, cpuServices, cpuPostgres }) => ({
        label: kind,
        segments: [
          { name: 'services', value: cpuServices },
          { name: 'Postgres', value: cpuPostgres },
        ].filter(({ value }) => Number.isFinite(value)),
      })),
    },
  ],
})
