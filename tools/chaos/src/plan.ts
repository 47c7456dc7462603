/** The plan of faults, drawn from a seed. The exact effects depend on the timing of the machine. */
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
 * In the third minute of each five no fault begins. It is longer than an order may be open together with the effects of
 * the faults before it, so an order that expires then does so without a fault.
 */
const cycleMs = 300_000
const calm = { fromMs: 120_000, toMs: 180_000 }

/**
 * Faults at random moments. Each kind occurs once before any is repeated, so a long run has all kinds, and a short one
 * has as many kinds as faults. The target is drawn from those of the kind.
 */
export const planOf = (faults: readonly Fault[], random: Random, { forMs, everyMs }: PlanOptions): PlannedFault[] => {
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind).values()]
  const plan: PlannedFault[] = []
  let remaining: Fault[][] = []
  for (let atMs = random.below(everyMs); atMs < forMs; atMs += 1 + random.below(2 * everyMs)) {
    if (isCalm(atMs)) continue
    if (remaining.length === 0) remaining = [...kinds]
    const [ofKind = []] = remaining.splice(random.below(remaining.length), 1)
    const fault = random.pick(ofKind)
    const [from, to] = fault.lastsMs
    plan.push({ fault, atMs, lastsMs: from + random.below(to - from) })
  }
  return plan
}

/** Whether no fault may begin at this time, ms after the start of the run. */
export const isCalm = (atMs: number): boolean => atMs % cycleMs >= calm.fromMs && atMs % cycleMs < calm.toMs
