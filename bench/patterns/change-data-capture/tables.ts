/** The tables and charts of the figures. */
import type { Chart, Table } from '../comparison.ts'
import { rounded } from '../rounded.ts'
import type { KillFigures } from './measurements/kills.ts'
import { loadNames, type RelayFigures } from './measurements/rates.ts'

const whole = (value: number): string => Math.round(value).toLocaleString('en')

export const delayTable = (figures: readonly RelayFigures[]): Table => ({
  title: 'Delay from the commit until the consumer, ms (p50 / p99), and throughput',
  columns: ['relay', ...loadNames, 'peak, messages/s'],
  rows: figures.map(({ relay, loads }) => [
    relay,
    ...loadNames.map((load) => `${rounded(loads[load].delayP50)} / ${rounded(loads[load].delayP99)}`),
    whole(loads.peak.perSecond),
  ]),
})

export const costTable = (figures: readonly RelayFigures[]): Table => ({
  title:
    'Costs: CPU for each message, ms, write-ahead log for each message, bytes, and idle CPU of Postgres, ms a second',
  columns: [
    ...['relay', 'service, 100/s', 'Postgres, 100/s', 'service, peak', 'Postgres, peak', 'log, 100/s', 'log, peak'],
    'Postgres, idle',
  ],
  rows: figures.map(({ relay, loads, idlePostgres }) => [
    relay,
    ...[loads['100/s'], loads.peak].flatMap(({ cpuService, cpuPostgres }) => [cpuService, cpuPostgres].map(rounded)),
    whole(loads['100/s'].wal),
    whole(loads.peak.wal),
    rounded(idlePostgres),
  ]),
})

export const killTable = (figures: readonly KillFigures[]): Table => ({
  title: 'Service killed while it stores as many messages as it can',
  columns: ['relay', 'kills', 'messages, all arrived', 'sent again', 'first one left behind arrives after the kill, s'],
  rows: figures.map(({ relay, kills, stored, doubled, leftBehind }) => [
    relay,
    ...[kills, stored, doubled].map(whole),
    rounded(leftBehind),
  ]),
})

const kinds = [
  ['cpuService', 'service'],
  ['cpuPostgres', 'Postgres'],
  ['cpuBroker', 'RabbitMQ'],
] as const

export const charts = (rates: readonly RelayFigures[]): Chart[] => [
  {
    kind: 'bars',
    title: 'CPU for each message',
    unit: 'ms',
    digits: 2,
    bars: (['100/s', 'peak'] as const).flatMap((load) =>
      rates.map(({ relay, loads }) => ({
        label: `${relay}, ${load}`,
        segments: kinds
          .map(([kind, name]) => ({ name, value: loads[load][kind] }))
          .filter(({ value }) => Number.isFinite(value)), // that of a broker elsewhere is unknown
      })),
    ),
  },
]
