/** What a service counts of its dead letters. Worth an alert: the oldest is old, or the total grows. */

import { Counter, Gauge, type Registry } from 'prom-client'
import type { DeadLetterCount } from './table/reading.ts'

export interface DeadLetterMetrics {
  readonly parked: Counter<'queue' | 'reason'>
  readonly replayed: Counter
  readonly discarded: Counter
  /** Shows what is parked, as it was when it was counted last. */
  readonly observe: (read: () => readonly DeadLetterCount[]) => void
}

export const createDeadLetterMetrics = (registry: Registry): DeadLetterMetrics => {
  const registers = [registry]
  return {
    parked: new Counter({
      name: 'quadrille_dead_letters_total',
      help: 'Messages that were given up',
      labelNames: ['queue', 'reason'],
      registers,
    }),
    replayed: new Counter({
      name: 'quadrille_dead_letters_replayed_total',
      help: 'Dead letters that were sent again',
      registers,
    }),
    discarded: new Counter({
      name: 'quadrille_dead_letters_discarded_total',
      help: 'Dead letters that were given up for good',
      registers,
    }),
    observe: (read) => {
      new Gauge({
        name: 'quadrille_dead_letters_parked',
        help: 'Dead letters that wait for somebody',
        labelNames: ['reason'],
        registers,
        collect() {
          this.reset()
          for (const { reason, count } of read()) this.set({ reason }, count)
        },
      })
      new Gauge({
        name: 'quadrille_dead_letters_oldest_age_seconds',
        help: 'Age of the oldest of them',
        registers,
        collect() {
          this.set(Math.max(0, ...read().map(({ oldestAgeMs }) => oldestAgeMs / 1_000)))
        },
      })
    },
  }
}
