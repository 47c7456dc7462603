import { expect, test } from 'vitest'
import type { CpuTimes } from '../src/measure/cpu.ts'
import { figuresOfIdle, figuresOfLoad } from '../src/measure/figures-of-window.ts'
import { parseStatus } from '../src/measure/memory.ts'
import { combine } from '../src/measure/prometheus.ts'
import type { WindowReadings } from '../src/measure/window.ts'

const cpu = (byKind: CpuTimes['byKind'], machineMs: number): CpuTimes => ({ byKind, machineMs, stolenMs: 0 })

const readings: WindowReadings = {
  begin: {
    cpu: cpu({ services: 0, postgres: 0, load: 0, other: 5 }, 0),
    postgres: { lsn: '0/0', transactions: 100 },
    services: { batches: 10, messages: 20, loopDelayMs: 5 },
    broker: { published: 0, delivered: 0, bytesIn: 0 },
  },
  end: {
    cpu: cpu({ services: 200, postgres: 100, load: 50, other: 5 }, 1_000),
    postgres: { lsn: '0/1', transactions: 160 },
    services: { batches: 20, messages: 140, loopDelayMs: 7 },
    broker: { published: 900, delivered: 1_300, bytesIn: 90_000 },
  },
  wal: { bytes: 1_000_000, content: { fullPageImages: 400_000, rowsWritten: 500, commits: 50 } },
  resident: [100, 120],
}

const summary = { p50: 1, p99: 2 }

test('most figures are per order', () => {
  const load = {
    ms: 2_000,
    accepted: 120,
    orders: 100,
    settled: summary,
    acceptance: summary,
    late: summary,
  }
  expect(figuresOfLoad(readings, load)).toMatchObject({
    ...{ rate: 50, cpu: 3, cpuServices: 2, cpuPostgres: 1, cpuOther: 0, cpuLoad: 0.5, wal: 10, walWithoutImages: 6 },
    ...{ commits: 0.5, rowsWritten: 5, batches: 0.1, batchSize: 12, published: 9, delivered: 13, receivedBytes: 900 },
    ...{ resident: 120, residentAll: 220, loopDelay: 7 },
  })
})

test('a server that used no CPU time has the figure 0, and one that the system lacks has none', () => {
  const load = {
    ms: 2_000,
    accepted: 120,
    orders: 100,
    settled: summary,
    acceptance: summary,
    late: summary,
  }
  expect(figuresOfLoad(readings, load)).toHaveProperty('cpuOther', 0)
  expect(figuresOfLoad(readings, load)).not.toHaveProperty('cpuBroker')
})

test('an idle system has shares of a core', () => {
  expect(figuresOfIdle(readings, 10_000)).toMatchObject({
    ...{ coreServices: 2, corePostgres: 1, coreOther: 0, transactions: 6 },
  })
})

test('reads the batches and the slowest event loop from the pages of all processes', () => {
  const page = (delay: number) =>
    `quadrille_batch_size_sum{service="order"} 30\nquadrille_batch_size_count{service="order"} 3\nquadrille_batch_size_sum{service="payment"} 10\n` +
    `quadrille_batch_size_count{service="payment"} 1\nnodejs_eventloop_lag_p99_seconds ${delay}\n`
  expect(combine([page(0.02), page(0.05)])).toEqual({ batches: 8, messages: 80, loopDelayMs: 50 })
  expect(combine(['other_metric 1\n'])).toBeNull()
})

test('reads the resident memory', () => {
  expect(parseStatus('VmHWM:\t  200000 kB\nVmRSS:\t  100000 kB\n')).toBe(102.4)
})
