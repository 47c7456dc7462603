/** What a service counts, for Prometheus. Each service has a registry of its own, also where several share a process. */

import type { RequestHandler } from 'express'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { createLetterMetrics, type LetterMetrics } from './letter-metrics.ts'
import { createLoadMetrics, type LoadMetrics } from './load-metrics.ts'

export interface Metrics {
  readonly registry: Registry
  readonly batchSize: Histogram
  readonly messages: Counter<'type' | 'outcome'>
  readonly retries: Counter<'queue'>
  readonly answers: Counter<'method' | 'path' | 'status'>
  /** A figure that is read each time that it is asked for. */
  readonly gauge: (name: string, help: string, read: () => number) => void
  readonly circuitOpen: Gauge<'queue'>
  readonly letters: LetterMetrics
  readonly load: LoadMetrics
  readonly observeOutbox: (read: () => { rows: number; oldestAgeMs: number }) => void
}

export const createMetrics = (service: string): Metrics => {
  const registry = new Registry()
  registry.setDefaultLabels({ service })
  const registers = [registry]
  gauge('process_resident_memory_bytes', 'Memory of the process', () => process.memoryUsage.rss())
  gauge('nodejs_heap_size_used_bytes', 'Memory of its objects, as of now', () => process.memoryUsage().heapUsed)
  gauge('nodejs_external_memory_bytes', 'Memory of its buffers, as of now', () => process.memoryUsage().external)
  return {
    registry,
    batchSize: new Histogram({
      name: 'quadrille_batch_size',
      help: 'Messages in one transaction',
      buckets: [1, 2, 5, 10, 25, 50, 100, 250],
      registers,
    }),
    messages: new Counter({
      name: 'quadrille_messages_total',
      help: 'Messages by what became of them',
      labelNames: ['type', 'outcome'],
      registers,
    }),
    retries: new Counter({
      name: 'quadrille_retries_total',
      help: 'Deliveries that failed and come back later',
      labelNames: ['queue'],
      registers,
    }),
    answers: new Counter({
      name: 'quadrille_http_answers_total',
      help: 'Answers to HTTP requests; the path is empty for those that no route took',
      labelNames: ['method', 'path', 'status'],
      registers,
    }),
    gauge,
    circuitOpen: new Gauge({
      name: 'quadrille_circuit_open',
      help: '1 while what the tasks of a queue ask outside does not answer, and they wait',
      labelNames: ['queue'],
      registers,
    }),
    letters: createLetterMetrics(registry),
    load: createLoadMetrics(registry),
    observeOutbox: (read) => {
      gauge('quadrille_outbox_rows', 'Messages that wait to be confirmed', () => read().rows)
      gauge('quadrille_outbox_oldest_age_seconds', 'Age of the oldest of them', () => read().oldestAgeMs / 1_000)
    },
  }

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }
}

/** The registry in Prometheus' text format. */
export const metricsPage =
  (registry: Registry): RequestHandler =>
  async (_request, response) => {
    response.type(registry.contentType).send(await registry.metrics())
  }
