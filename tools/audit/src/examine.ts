/** One examination of all orders and invariants, or of earlier violations. */
import { atRest, live } from './in-progress.ts'
import { cachingAnalyser } from './invariants/history-analysis.ts'
import { everyOrderEnds } from './invariants/i1-every-order-ends.ts'
import { moneyAddsUp } from './invariants/i2-money-adds-up.ts'
import { stockAddsUp } from './invariants/i3-stock-adds-up.ts'
import { effectsHappenOnce } from './invariants/i4-effects-happen-once.ts'
import { transitionsAreLegal } from './invariants/i5-transitions-are-legal.ts'
import { stateFollowsFromEvents } from './invariants/i6-state-follows-from-events.ts'
import { keysLeadToOneOrder } from './invariants/i7-keys-lead-to-one-order.ts'
import { noWorkIsLeft } from './invariants/i8-no-work-is-left.ts'
import { deadLettersAreComplete } from './invariants/i9-dead-letters-are-complete.ts'
import { oneTracePerOrder } from './invariants/i10-one-trace-per-order.ts'
import { endingsHaveReasons } from './invariants/i13-endings-have-reasons.ts'
import { replaysAreRecorded } from './invariants/i14-replays-are-recorded.ts'
import type { AuditContext, Invariant, Slice } from './invariants/invariant.ts'
import { readRecords } from './records/records.ts'
import type { Finding, Report, Verdict } from './report.ts'
import { type OrderSelection, slices } from './selection.ts'

const invariants: readonly Invariant[] = [
  everyOrderEnds,
  moneyAddsUp,
  stockAddsUp,
  effectsHappenOnce,
  transitionsAreLegal,
  stateFollowsFromEvents,
  keysLeadToOneOrder,
  noWorkIsLeft,
  deadLettersAreComplete,
  oneTracePerOrder,
  endingsHaveReasons,
  replaysAreRecorded,
]

/** The scope of an examination. */
export interface Scope {
  readonly selections: readonly OrderSelection[]
  /** The names of the invariants that are checked. */
  readonly names: ReadonlySet<string>
}

/**
 * Examines all orders and all invariants, unless the scope is narrower. Orders are read and checked slice by slice. So
 * the memory is bounded, except for that of the violations.
 */
export const examine = async (context: AuditContext, scope?: Scope): Promise<Report> => {
  const chosen = scope ? invariants.filter(({ name }) => scope.names.has(name)) : invariants
  const { order, payment } = context.snapshots
  const selections = scope?.selections ?? (await slices(order, { payment }))
  const [systemVerdicts, orderVerdicts] = await Promise.all([
    Promise.all(chosen.map((invariant) => invariant.checkSystem?.(context))),
    examineOrders(context, selections, chosen),
  ])
  return reportOf(
    chosen.map(({ name, claim }, index) => ({
      invariant: name,
      claim,
      ...merge([...(orderVerdicts[index] ?? []), ...(systemVerdicts[index] ? [systemVerdicts[index]] : [])]),
    })),
  )
}

/** Whether an invariant is about orders, so that an id among its subjects is that of an order. */
export const isAboutOrders = (name: string): boolean =>
  invariants.some((invariant) => invariant.name === name && invariant.checkOrders !== undefined)

export const reportOf = (findings: readonly Finding[]): Report => ({
  findings,
  ok: findings.every(({ violations }) => violations.length === 0),
})

/** The verdicts on each slice, by invariant. */
const examineOrders = async (
  context: AuditContext,
  selections: readonly OrderSelection[],
  chosen: readonly Invariant[],
): Promise<Verdict[][]> => {
  const verdicts = chosen.map((): Verdict[] => [])
  for await (const slice of readSlices(context, selections)) {
    for (const [index, { checkOrders }] of chosen.entries()) if (checkOrders) verdicts[index]?.push(checkOrders(slice))
  }
  return verdicts
}

/** Reads the next slice while one is examined. */
async function* readSlices(context: AuditContext, selections: readonly OrderSelection[]): AsyncGenerator<Slice> {
  const analyse = cachingAnalyser()
  const { atRest: isAtRest, drainedMs = Number.NEGATIVE_INFINITY } = context
  const reading: Promise<Slice['records']>[] = []
  const read = (selection: OrderSelection | undefined) => {
    if (!selection) return
    const records = readRecords(context, selection)
    records.catch(() => undefined) // the awaiting loop gets the error; if it has ended early, the error is irrelevant
    reading.push(records)
  }
  read(selections[0])
  for (const [index] of selections.entries()) {
    context.onSlice?.(index, selections.length)
    const records = await reading.shift()
    read(selections[index + 1])
    if (records) yield { records, analyse, isInProgress: isAtRest ? atRest : live(records, drainedMs) }
  }
  context.onSlice?.(selections.length, selections.length)
}

const merge = (verdicts: readonly Verdict[]): Verdict => {
  const checked: Record<string, number> = {}
  for (const [what, count] of verdicts.flatMap((verdict) => Object.entries(verdict.checked)))
    checked[what] = (checked[what] ?? 0) + count
  const notChecked = verdicts.find((verdict) => verdict.notChecked !== undefined)?.notChecked
  return {
    checked,
    violations: verdicts.flatMap(({ violations }) => violations),
    ...(notChecked !== undefined && { notChecked }),
  }
}
