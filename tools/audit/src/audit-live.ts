/**
 * The audit of a running system. Its databases are never read at the same moment, and messages are always on their way.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { watchDrains } from './drained.ts'
import { examine, reportOf, type Scope } from './examine.ts'
import { noAnswers, type Queues } from './queue-depths.ts'
import { reasonOf } from './reason.ts'
import type { Ledger } from './records/ledger-record.ts'
import type { Finding, Report } from './report.ts'
import { sliced } from './selection.ts'
import { type Databases, withDatabases } from './snapshots.ts'

export interface LiveSources {
  readonly databases: Databases
  /** The gateway's ledger. Without one it is not checked, which is the default. */
  readonly ledger?: Ledger | null
  /** Reads the depth of each queue of the broker. Default: there are no queues. */
  readonly readQueues?: (() => Promise<Queues>) | undefined
  /**
   * How long a violation must persist to be reported, ms. Default 10 s, which is far longer than an event takes to the
   * next service.
   */
  readonly graceMs?: number
}

/** The interval between two examinations of the same violation, ms. */
const lookAgainEveryMs = 500

/**
 * Checks the invariants while orders arrive. An order in progress must only satisfy what always holds. While messages
 * wait at the broker, a settled order counts as in progress until every queue has been empty since its last change. The
 * audit watches the queues for at most the grace period, and then examines all orders once more. It examines each
 * violation repeatedly until the grace period is over, and reports those that persist. The figures are those of the
 * first examination. It writes nothing and takes no locks. If the broker can't be read, each queue is reported as one
 * without an answer.
 * @throws the driver's error if a database or the ledger can't be read.
 */
export const auditLive = ({ databases, ledger, readQueues, graceMs = 10_000 }: LiveSources): Promise<Report> =>
  withDatabases(databases, async (onSnapshots) => {
    const drains = watchDrains()
    const read = async (): Promise<Queues> => {
      const queues = (await readQueues?.().catch((error) => noAnswers(reasonOf(error)))) ?? new Map()
      drains.note(queues)
      return queues
    }
    const look = async (scope?: Scope) => {
      const queues = await read()
      const scene = { facts: { queues }, ledger, atRest: false, drainedMs: drains.drainedMs }
      return onSnapshots((snapshots) => examine({ snapshots, ...scene }, scope))
    }
    const isBusy = () => drains.drainedMs() === Number.POSITIVE_INFINITY
    let report = await look()
    let lookAtAll = isBusy()
    let over = performance.now() + graceMs
    while ((lookAtAll || !report.ok) && performance.now() < over) {
      await pause(Math.min(lookAgainEveryMs, over - performance.now()))
      if (report.ok) await read()
      else report = whatStands(report, await look(suspects(report)))
      if (!lookAtAll || isBusy()) continue
      lookAtAll = false
      report = withViolationsOf(await look(), report)
      over = performance.now() + graceMs
    }
    return report
  })

/** The orders with violations, and the violated invariants. */
const suspects = ({ findings }: Report): Scope => {
  const broken = findings.filter(({ violations }) => violations.length > 0)
  const subjects = new Set(broken.flatMap(({ violations }) => violations.map(({ subject }) => subject)))
  const names = new Set(broken.map(({ invariant }) => invariant))
  return { selections: sliced([...subjects].filter(isOrderId)), includes: (name) => names.has(name) }
}

/** A key or a SKU may look like an order id. No order has that id then. */
const isOrderId = (subject: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(subject)

/** The earlier report with its figures, and with the violations of the later examination of all orders. */
const withViolationsOf = (now: Report, earlier: Report): Report =>
  reportOf(
    earlier.findings.map((finding, index) => ({ ...finding, violations: now.findings[index]?.violations ?? [] })),
  )

/** The earlier report, reduced to violations whose subject still violates the same invariant, in their present form. */
const whatStands = (earlier: Report, now: Report): Report =>
  reportOf(
    earlier.findings.map((finding): Finding => {
      const before = new Set(finding.violations.map(({ subject }) => subject))
      const again = now.findings.find(({ invariant }) => invariant === finding.invariant)?.violations ?? []
      return { ...finding, violations: again.filter(({ subject }) => before.has(subject)) }
    }),
  )
