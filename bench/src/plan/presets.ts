/** The rows and loads of the flags. */
import { floorLoads, type LoadName, loads } from './loads.ts'
import type { Plan } from './plan.ts'
import { allRows, peerRows, type Row, storedRows } from './rows.ts'

export interface Preset {
  readonly rows: readonly string[]
  readonly loads: readonly LoadName[]
  /** Loads of the first repeat only. */
  readonly firstLoads: readonly LoadName[]
  readonly repeats: number
  /** The duration of each measured window, s. */
  readonly seconds: number
}

const counts: readonly LoadName[] = ['closed-counted', '50/s-counted']

export const presets = {
  usual: {
    rows: [
      ...['embedded', 'npm-start', 'rabbitmq', 'rabbitmq-2', 'rabbitmq-batch-1'],
      ...['embedded-skus', 'rabbitmq-skus', 'embedded-tracing', 'rabbitmq-tracing'],
      ...peerRows.map(({ id }) => id),
      'floors',
    ],
    loads: ['closed', '50/s'],
    firstLoads: ['idle', ...counts],
    repeats: 2,
    seconds: 8,
  },
  quick: {
    rows: ['embedded', 'rabbitmq', 'rabbitmq-batch-1', 'dbos'],
    loads: ['closed', '50/s'],
    firstLoads: [],
    repeats: 2,
    seconds: 6,
  },
  full: {
    rows: allRows.map(({ id }) => id),
    loads: ['closed', '10/s', '50/s', '100/s', 'half', 'idle'],
    firstLoads: counts,
    repeats: 3,
    seconds: 15,
  },
  growth: {
    rows: ['embedded', ...storedRows.filter(({ mode }) => mode === 'embedded').map(({ id }) => id)],
    loads: ['closed', '50/s'],
    firstLoads: [],
    repeats: 1,
    seconds: 10,
  },
} as const satisfies Readonly<Record<string, Preset>>

export type PresetName = keyof typeof presets

/** @param all - the known rows. @throws if a row is unknown. */
export const planOf = (preset: Preset, all: readonly Row[]): Plan => ({
  rows: preset.rows.map((id) => {
    const row = all.find((one) => one.id === id)
    if (!row) throw new Error(`There is no row ${id}. The rows are ${all.map((one) => one.id).join(', ')}.`)
    return row
  }),
  loadsOf: (row, repeat) =>
    row.kind === 'floors'
      ? floorLoads
      : [...preset.loads, ...(repeat === 1 ? preset.firstLoads : [])].map((name) => loads[name]),
  repeats: preset.repeats,
})
