/** All comparisons by their names, which are also the names of their pages in docs. */
import type { Comparison } from './comparison.ts'

interface Entry {
  /** One line for `--help`. */
  readonly summary: string
  /** A comparison is loaded only if it runs, because the help must not wait for its libraries. */
  load(): Promise<Comparison>
}

export const comparisons: ReadonlyMap<string, Entry> = new Map<string, Entry>(
  Object.entries({
    'claim-check': {
      summary: 'orders without and beside a hundred photos that are processed',
      load: async () => (await import('./claim-check/run.ts')).compareWithPhotos,
    },
    'change-data-capture': {
      summary: 'an outbox read by handoff, query, trigger and log: delay, costs and kills',
      load: async () => (await import('./change-data-capture/run.ts')).compareChangeDataCapture,
    },
    exchanges: {
      summary: 'each type of exchange of RabbitMQ, by an example of ten lines',
      load: async () => (await import('./exchanges/run.ts')).compareExchanges,
    },
    'follow-an-order': {
      summary: 'polling beside streams for 1,000 orders: requests, bytes, CPU and delay',
      load: async () => (await import('./follow-an-order/run.ts')).compareFollowing,
    },
    'load-levelling': {
      summary: 'a burst of 20,000 orders, for which payment is scaled from one instance to eight and back',
      load: async () => (await import('./load-levelling/compare.ts')).levelLoad,
    },
    'two-phase-commit': {
      summary: 'two-phase commit over the same databases beside the choreography',
      load: async () => (await import('./two-phase-commit/run.ts')).compareTwoPhaseCommit,
    },
    'database-as-queue': {
      summary: 'the same tasks by SKIP LOCKED, pg-boss, and the product in process and with RabbitMQ',
      load: async () => (await import('./database-as-queue/compare.ts')).compareQueues,
    },
    'long-queue': {
      summary: 'a million events in an inbox: the memory of RabbitMQ, and how fast a consumer catches up',
      load: async () => (await import('./long-queue/compare.ts')).compareLongQueue,
    },
    orchestration: {
      summary: 'choreography beside an orchestrator: the order as a durable workflow',
      load: async () => (await import('./orchestration/run.ts')).compareOrchestration,
    },
  }),
)
