/** The plan of faults, from a seed. Their exact targets depend on the timing of the machine. */
import type { Random } from '@quadrille/testing'
import type { Fault } from './faults/fault.ts'

export interface PlannedFault {
  readonly fault: Fault
  /** When it begins, ms after the start of the run. */
  readonly atMs: number
  readonly lastsMs: number
}

export interface PlanOptions {
  /** The duration of the run, ms. */
  readonly forMs: number
  /** The average time from the begin of one fault to that of the next, ms. */
  readonly everyMs: number
}

/**
 * Faults at random moments. Each kind comes once before any kind repeats. So a long run has all of them, and a short
 * one as many kinds as faults. The target is drawn among those that a kind can hit.
 */
export const planOf = (faults: readonly Fault[], random: Random, { forMs, everyMs }: PlanOptions): PlannedFault[] => {
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind).values()]
  const plan: PlannedFault[] = []
  let deck: Fault[][] = []
  for (let atMs = random.below(everyMs); atMs < forMs; atMs += 1 + random.below(2 * everyMs)) {
    if (deck.length === 0) deck = [...kinds]
    const [ofKind = []] = deck.splice(random.below(deck.length), 1)
    const fault = random.pick(ofKind)
    const [from, to] = fault.lastsMs
    plan.push({ fault, atMs, lastsMs: from + random.below(to - from) })
  }
  return plan
}
