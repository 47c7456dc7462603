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
 * In the third minute of each five no fault begins, and no planned one is active. It is longer than an order may be open
 * together with the effects of the faults before it, so an order that expires then does so without a fault.
 */
const cycleMs = 300_000
export const calm = { fromMs: 120_000, toMs: 180_000 }

/**
 * Faults at random moments. Each kind occurs once before any is repeated, so a long run has all kinds, and a short one
 * has as many kinds as faults. The target is drawn from those of the kind.
 */
export const planOf = (faults: readonly Fault[], random: Random, { forMs, everyMs }: PlanOptions): PlannedFault[] => {
  const kinds = [...Map.groupBy(faults, ({ kind }) => kind).values()]
  const plan: PlannedFault[] = []
  let remaining: Fault[][] = []
  for (let atMs = random.below(everyMs); atMs < forMs; atMs += 1 + random.below(2 * everyMs)) {
    if (remaining.length === 0) remaining = [...kinds]
    const index = random.below(remaining.length)
    const fault = random.pick(remaining[index] ?? [])
    const [from, to] = fault.lastsMs
    const lastsMs = from + random.below(to - from)
    if (disturbsCalm({ atMs, lastsMs }, forMs)) continue
    remaining.splice(index, 1)
    plan.push({ fault, atMs, lastsMs })
  }
  return plan
}

/** Whether this is in a minute without faults, ms after the start of the run. */
export const isCalm = (atMs: number): boolean => atMs % cycleMs >= calm.fromMs && atMs % cycleMs < calm.toMs

/**
 * Whether a fault would be active in a minute without faults, in a run that ends active faults at
 * `endMs`. No fault lasts longer than that minute.
 */
export const disturbsCalm = ({ atMs, lastsMs }: Omit<PlannedFault, 'fault'>, endMs: number): boolean =>
  isCalm(atMs) || isCalm(Math.min(atMs + lastsMs, endMs - 1))
