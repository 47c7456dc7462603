/**
 * The audit of a running system: its databases are read at different moments, and messages are in transit.
 */
import { setTimeout as realTime } from 'node:timers/promises'
import type { Ledger } from '@quadrille/payment/gateway'
import { hops, watchDrains } from './drained.ts'
import { examine, reportOf, type Scope } from './examine.ts'
import { lateAfter } from './late-after.ts'
import { isOrderId } from './order-id.ts'
import { noAnswers, type Queues } from './queue-depths.ts'
import { isOfDatabase, reasonOf } from './reason.ts'
import type { Finding, Report } from './report.ts'
import { sliced } from './selection.ts'
import { type Databases, type OnSnapshots, withDatabases } from './snapshots.ts'

export interface LiveSources {
  readonly databases: Databases
  /** The gateway's ledger. Default: none, and the gateway is not checked. */
  readonly ledger?: Ledger | null
  /** Reads the depth of each queue of RabbitMQ. Default: they are not checked, and the report says so, unless the broker is in-process. */
  readonly readQueues?: (() => Promise<Queues>) | undefined
  /**
   * How long a violation must persist to be reported, ms. Default 10 s, far longer than an event needs to reach the next
   * service.
   */
  readonly graceMs?: number
  /** How long a statement may take, ms. Default 5 min, which is enough for several million orders. */
  readonly statementTimeoutMs?: number | undefined
  /** Called at the beginning, and when orders have been examined. It may throw, which ends the audit. */
  readonly onProgress?: (progress: Progress) => void
  /** Waits for this time, ms. Default: the real time. */
  readonly pause?: (ms: number) => Promise<unknown>
}

/** The work of an audit that is running. */
export interface Progress {
  /** `confirming`: suspected violations are examined again, or the queues are watched, until the grace period is over. */
  readonly step: 'examining' | 'confirming'
  /** Slices of orders that have been examined in this step. */
  readonly done: number
  readonly of: number
}

/**
 * How often all orders are examined again, each time with a new grace period. Without retries the queues are not busy again after that.
 * A retry queue may fill and empty indefinitely.
 */
const maxRepeats = hops

export const maxGracePeriods = 1 + maxRepeats

/** The interval between two examinations of the same violation, ms. */
const reexamineEveryMs = 500

/**
 * Checks the invariants while orders arrive. An order in progress must only satisfy what always holds. While messages
 * wait at the broker, a settled order counts as in progress until every queue has been empty since its last change. The
 * audit watches the queues for at most the grace period, and examines all orders again once they have been empty. If they
 * have not, or fill again too often, the report says that these orders were not checked. It examines each violation
 * repeatedly until the grace period is over, and reports those that persist. The figures are those of the first
 * examination. It only reads, so it blocks nothing but a migration, which waits until it has ended. If the broker can't
 * be read, each queue is reported as one without an answer.
 * @throws the driver's error if a database or the ledger can't be read at first or at last.
 */
export const auditLive = (sources: LiveSources): Promise<Report> =>
  withDatabases(sources.databases, (onSnapshots) => auditOn(onSnapshots, sources), sources.statementTimeoutMs)

const auditOn = async (onSnapshots: OnSnapshots, sources: LiveSources): Promise<Report> => {
  const { ledger, readQueues, graceMs = 10_000, onProgress = () => undefined, pause = realTime } = sources
  let step: Progress['step'] = 'examining'
  const onSlice = (done: number, of: number) => onProgress({ step, done, of })
  const { read, drainedMs, waitingFor } = watchQueues(readQueues)
  const examineNow = async (scope?: Scope) => {
    const queues = await read()
    const context = { facts: { queues }, ledger, atRest: false, onSlice }
    return onSnapshots((snapshots) => examine({ snapshots, ...context, drainedMs: drainedMs() }, scope))
  }
  const { again, assertRead } = retrying(examineNow)
  let report = await examineNow()
  // Since all orders were examined. While a queue is busy, a settled order counts as in progress, and its violation is dropped.
  let lastBusy = waitingFor()
  let repeats = 0
  let deadlineMs = performance.now() + graceMs
  step = 'confirming'
  while ((lastBusy.length > 0 || !report.ok) && performance.now() < deadlineMs) {
    onSlice(0, 0)
    await pause(Math.min(reexamineEveryMs, deadlineMs - performance.now()))
    if (report.ok) await read()
    else report = persisting(report, (await again(scopeOf(report))) ?? report)
    const busy = waitingFor()
    if (busy.length > 0) lastBusy = busy
    else if (lastBusy.length > 0 && repeats < maxRepeats) {
      const all = await again()
      if (!all) continue
      report = withViolationsOf(all, report)
      lastBusy = waitingFor()
      repeats += 1
      deadlineMs = performance.now() + graceMs
    }
  }
  assertRead()
  return withGap(report, lastBusy)
}

const watchQueues = (readQueues: LiveSources['readQueues']) => {
  const { record, drainedMs, waitingFor } = watchDrains()
  return {
    read: async (): Promise<Queues | undefined> => {
      const queues = await readQueues?.().catch((error) => noAnswers(reasonOf(error)))
      record(queues ?? new Map())
      return queues
    },
    drainedMs,
    waitingFor,
  }
}

/** Repeated examinations. A database may fail over meanwhile, so only the last one must succeed. */
const retrying = (examineNow: (scope?: Scope) => Promise<Report>) => {
  let failure: unknown
  return {
    /** Undefined if a database can't be read now. */
    again: async (scope?: Scope): Promise<Report | undefined> => {
      try {
        const report = await examineNow(scope)
        failure = undefined
        return report
      } catch (error) {
        if (!isOfDatabase(error)) throw error
        failure = error
        return undefined
      }
    },
    /** @throws the error of the last examination, if it has failed. */
    assertRead: () => {
      if (failure !== undefined) throw failure
    },
  }
}

/** The scope of the next examination: the orders with violations, and the violated invariants. */
const scopeOf = ({ findings }: Report): Scope => {
  const broken = findings.filter(({ violations }) => violations.length > 0)
  const subjects = new Set(broken.flatMap(({ violations }) => violations.map(({ subject }) => subject)))
  const names = new Set(broken.map(({ invariant }) => invariant))
  return { selections: sliced([...subjects].filter(isOrderId)), names }
}

/** The invariants that a settled order in progress may not satisfy yet. */
const ofSettledOrders: readonly string[] = ['I2', 'I3', 'I5', 'I6']

/** The report, with recent settled orders as a part that was not checked if messages about them may wait in queues. */
const withGap = (report: Report, [queue, ...others]: readonly string[]): Report => {
  if (queue === undefined) return report
  const more = others.length > 0 ? ` and ${others.length} more` : ''
  const gap = `settled orders of the last ${lateAfter} (messages about them may wait in ${queue}${more})`
  return reportOf(
    report.findings.map((finding): Finding => {
      if (!ofSettledOrders.includes(finding.invariant)) return finding
      return { ...finding, notChecked: finding.notChecked === undefined ? gap : `${finding.notChecked}, ${gap}` }
    }),
  )
}

/** The earlier report with its figures, and with the violations of the later examination of all orders. */
const withViolationsOf = (now: Report, earlier: Report): Report =>
  reportOf(
    earlier.findings.map((finding, index) => ({ ...finding, violations: now.findings[index]?.violations ?? [] })),
  )

/** The earlier report, reduced to violations whose subject still violates the same invariant, in their present form. */
const persisting = (earlier: Report, now: Report): Report =>
  reportOf(
    earlier.findings.map((finding): Finding => {
      const before = new Set(finding.violations.map(({ subject }) => subject))
      const again = now.findings.find(({ invariant }) => invariant === finding.invariant)?.violations ?? []
      return { ...finding, violations: again.filter(({ subject }) => before.has(subject)) }
    }),
  )
