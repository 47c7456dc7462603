/** The metrics of a service, for Prometheus. Each service has its own registry, even if several share a process. */

import type { Connections } from '@quadrille/postgres'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { createLagMeter, type LagMeter } from './load/lag-meter.ts'
import { createLoadMetrics } from './load/metrics.ts'

/** Reads the present value of a gauge for each value of its label. */
type ReadEach = () => Iterable<readonly [label: string, value: number]>

const createMessageMetrics = (registers: Registry[]) => ({
  batchSize: new Histogram({
    name: 'quadrille_batch_size',
    help: 'Messages in one transaction: 1 or 2 when idle, hundreds under load',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250],
    registers,
  }),
  messages: new Counter({
    name: 'quadrille_messages_total',
    help: 'Messages of the inbox: applied, duplicate, or ignored because the service does not consume the type',
    labelNames: ['type', 'outcome'],
    registers,
  }),
  lag: new Histogram({
    name: 'quadrille_message_lag_seconds',
    help: 'Time from the creation of a message until the service applied it',
    labelNames: ['type'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  }),
  taskLag: new Histogram({
    name: 'quadrille_task_lag_seconds',
    help: 'Time from the creation of a task until it was settled, without tasks of which an attempt has failed before',
    labelNames: ['queue'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600],
    registers,
  }),
  retries: new Counter({
    name: 'quadrille_retries_total',
    help: 'Failed deliveries that are retried after this delay; a longer delay means more failures',
    labelNames: ['queue', 'delay'],
    registers,
  }),
  dropped: new Counter({
    name: 'quadrille_messages_dropped_total',
    help: 'Messages that a full queue of a non-essential service has dropped',
    labelNames: ['queue'],
    registers,
  }),
})

const createReadMetrics = (registers: Registry[]) => {
  const readOf = (label: string, name: string, help: string) => (read: ReadEach) => {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers,
      collect() {
        for (const [value, figure] of read()) this.set({ [label]: value }, figure)
      },
    })
  }
  return {
    observeHeld: readOf('queue', 'quadrille_messages_held', '1 while all messages of a queue fail alike, and are held'),
    observeCircuits: readOf(
      'queue',
      'quadrille_circuit_open',
      '1 while tasks of a queue wait at an open circuit breaker, because the external system does not answer',
    ),
    // The label is not `job`, which Prometheus itself sets.
    observeJobs: readOf(
      'name',
      'quadrille_job_failing_seconds',
      'Time from the first to the last failure of a periodic job since its last success; 0 without failures',
    ),
  }
}

const measureAhead = (gauge: Gauging): Pick<LagMeter, 'add'> => {
  const ahead = createLagMeter({ intervalMs: 60_000 })
  gauge(
    'quadrille_message_ahead_seconds',
    'How far the clock of a publisher was ahead of this service’s, at most, in the last one to two minutes',
    () => (ahead.read() ?? 0) / 1_000,
  )
  return ahead
}

/** Adds a gauge that is read on request. It has no value (`NaN`) while `read` returns undefined. */
type Gauging = (name: string, help: string, read: () => number | undefined) => void

export type Metrics = ReturnType<typeof createMetrics>

/** Registers the metrics that are counted. Each `observe` function registers one that is read on request, from `read`. */
export const createMetrics = (service: string) => {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  const registers = [registry]
  return {
    registry,
    ...createMessageMetrics(registers),
    ahead: measureAhead(gauge),
    ...createReadMetrics(registers),
    gauge,
    handled: new Counter({
      name: 'quadrille_deliveries_handled_total',
      help: 'Deliveries that this instance has settled, with any outcome',
      labelNames: ['queue'],
      registers,
    }),
    load: createLoadMetrics(registry),
    observeReady: (read: () => Promise<boolean>) => {
      gauge('quadrille_ready', '1 while the service is ready, as in /health/ready', async () => Number(await read()))
    },
    observeConnections: (read: () => Connections) => {
      gauge(
        'quadrille_postgres_connections_open',
        'Connections to Postgres, up to DATABASE_CONNECTIONS',
        () => read().open,
      )
      gauge('quadrille_postgres_connections_busy', 'Connections to Postgres that are in use', () => read().busy)
      gauge(
        'quadrille_postgres_connections_waiting',
        'Statements and transactions that wait for a connection to Postgres; it must return to 0 at once',
        () => read().waiting,
      )
    },
    observeOutbox: (read: () => { rows: number; oldestAgeMs: number } | undefined) => {
      gauge(
        'quadrille_outbox_rows',
        'Messages that wait for a publisher confirm, without replays that wait for their turn',
        () => read()?.rows,
      )
      gauge(
        'quadrille_outbox_oldest_age_seconds',
        'Age of the oldest message in the outbox',
        () => (read()?.oldestAgeMs ?? Number.NaN) / 1_000,
      )
    },
  }

  function gauge(name: string, help: string, read: () => number | undefined | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers,
      async collect() {
        this.set((await read()) ?? Number.NaN)
      },
    })
  }
}
