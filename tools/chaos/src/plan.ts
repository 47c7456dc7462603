/** What goes wrong when, from a seed. What exactly that hits is up to the machine. */
import type { Random } from '@quadrille/testing'
import type { Fault } from './faults/fault.ts'

export interface PlannedFault {
  readonly fault: Fault
  /** When it begins, ms after the start of the run. */
  readonly atMs: number
  readonly lastsMs: number
}

export interface PlanOptions {
  /** How long the run lasts, ms. */
  readonly forMs: number
  /** From the beginning of one fault to that of the next, on average, ms. */
  readonly everyMs: number
}

/**
 * Faults at random moments. Each kind comes once before any comes again, so that a long run has them all, and a short one as
 * many kinds as it has faults; which part of the world one hits is drawn among those that it can hit.
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
