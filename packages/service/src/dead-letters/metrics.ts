/** Metrics of dead letters. Useful alerts are on the age of the oldest one, and on their number. */

import { Counter, Gauge, type Registry } from 'prom-client'
import type { DeadLetterCount } from './table/reading.ts'

export type DeadLetterMetrics = ReturnType<typeof createDeadLetterMetrics>

export const createDeadLetterMetrics = (registry: Registry) => {
  const registers = [registry]
  return {
    parked: new Counter({
      name: 'quadrille_dead_letters_total',
      help: 'Messages that became dead letters',
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
      help: 'Dead letters that were discarded',
      registers,
    }),
    /** Shows the parked dead letters as of the last count. Undefined: it is too old. */
    observe: (read: () => readonly DeadLetterCount[] | undefined) => {
      new Gauge({
        name: 'quadrille_dead_letters_parked',
        help: 'Dead letters that wait for an operator',
        labelNames: ['reason'],
        registers,
        collect() {
          this.reset()
          for (const { reason, count } of read() ?? []) this.set({ reason }, count)
        },
      })
      new Gauge({
        name: 'quadrille_dead_letters_oldest_age_seconds',
        help: 'Age of the oldest parked dead letter',
        registers,
        collect() {
          const counts = read()
          this.set(counts ? Math.max(0, ...counts.map(({ oldestAgeMs }) => oldestAgeMs / 1_000)) : Number.NaN)
        },
      })
    },
  }
}
