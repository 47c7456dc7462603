/** The table and the chart. */
import type { ProcessKind } from '../../src/measure/cpu.ts'
import type { Line } from '../../src/report/line-chart.ts'
import type { Chart, Table } from '../comparison.ts'
import type { CpuUsed } from '../cpu-meter.ts'
import { rounded } from '../rounded.ts'
import type { Taken } from './consumer.ts'
import type { Sample } from './samples.ts'

/** One part of the run. */
export interface Phase {
  readonly name: string
  /** The number of events that were published or taken. 0 for a pause. */
  readonly events: number
  readonly cpu: CpuUsed
  readonly samples: readonly Sample[]
  /** The files of RabbitMQ at the end, MB. */
  readonly diskMb: number
}

const columns = [
  ...['phase', 'events/s', 'RabbitMQ: most memory', 'at the end', 'its files', 'consumer: most memory'],
  ...['CPU of publisher', 'RabbitMQ', 'consumer'],
]

export const tableOf = (phases: readonly Phase[], { repeated }: Pick<Taken, 'repeated'>): Table => ({
  title: `Memory and files in MB; CPU time in ms per 1,000 events; ${repeated.toLocaleString('en')} events came twice`,
  columns,
  rows: phases.map(({ name, events, cpu, samples, diskMb }) => {
    const cpuOf = (kind: ProcessKind) => rounded(events === 0 ? Number.NaN : (cpu.of(kind) / events) * 1_000)
    return [
      name,
      rounded(events === 0 ? Number.NaN : (events / cpu.ms) * 1_000),
      rounded(most(samples.map(({ brokerMb }) => brokerMb))),
      rounded(samples.at(-1)?.brokerMb ?? Number.NaN),
      rounded(diskMb),
      rounded(most(samples.map(({ consumerMb }) => consumerMb))),
      ...[cpuOf('services'), cpuOf('broker'), cpuOf('other')],
    ]
  }),
})

const most = (values: readonly number[]): number => Math.max(...values.filter(Number.isFinite))

export const chartOf = (phases: readonly Phase[]): Chart => {
  const samples = phases.flatMap((phase) => phase.samples)
  const line = (name: string, read: (sample: Sample) => number): Line => ({
    name,
    points: samples
      .map((sample) => [sample.second, read(sample)] as const)
      .filter(([, value]) => Number.isFinite(value)),
  })
  return {
    kind: 'lines',
    title: 'The inbox, and the memory of RabbitMQ and of the consumer',
    panels: [
      { unit: 'events in the inbox', lines: [line('inbox', ({ depth }) => depth)] },
      {
        unit: 'MB',
        lines: [line('RabbitMQ', ({ brokerMb }) => brokerMb), line('consumer', ({ consumerMb }) => consumerMb)],
      },
    ],
  }
}
