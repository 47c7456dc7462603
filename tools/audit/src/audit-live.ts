/** The audit of a system that runs: its databases are never as of the same moment, and something is always on its way. */
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
  /** The gateway's side of the money. Default: none, and then it isn't checked. */
  readonly ledger?: Ledger | null
  /** Tells how much lies in each queue of the broker. Default: there are none. */
  readonly readQueues?: (() => Promise<Queues>) | undefined
  /** How long something must look wrong to count, ms. Default 10 s: far longer than an event takes to the next service. */
  readonly graceMs?: number
}

/** Between two looks at what looks wrong, ms. */
const lookAgainEveryMs = 500

/**
 * Checks the invariants while orders come in. Unfinished is not broken: an order that is under way is only held to what must
 * be so at any time. Where messages wait at the broker, a settled order is under way until every queue has been empty since it
 * changed; the audit watches the queues for at most the grace and then looks at all orders once more. What looks wrong is looked
 * at again until the grace is over, and reported if it was so each time. The figures are those of the first look. It writes
 * nothing and takes no locks. Of a broker that can't be read it reports each queue as one that gives no answer.
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
      const scene = { witness: { queues }, ledger, atRest: false, drainedMs: drains.drainedMs }
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

/** The orders that break something, and the invariants that are broken. */
const suspects = ({ findings }: Report): Scope => {
  const broken = findings.filter(({ violations }) => violations.length > 0)
  const subjects = new Set(broken.flatMap(({ violations }) => violations.map(({ subject }) => subject)))
  const names = new Set(broken.map(({ invariant }) => invariant))
  return { selections: sliced([...subjects].filter(isOrderId)), includes: (name) => names.has(name) }
}

/** A key or a SKU may look like one; then there is no such order. */
const isOrderId = (subject: string): boolean => /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(subject)

/** The earlier report, whose figures stand, with the violations of the look at all orders that followed it. */
const withViolationsOf = (now: Report, earlier: Report): Report =>
  reportOf(
    earlier.findings.map((finding, index) => ({ ...finding, violations: now.findings[index]?.violations ?? [] })),
  )

/** The earlier report with those of its violations whose subject breaks the same invariant now, as it does now. */
const whatStands = (earlier: Report, now: Report): Report =>
  reportOf(
    earlier.findings.map((finding): Finding => {
      const before = new Set(finding.violations.map(({ subject }) => subject))
      const again = now.findings.find(({ invariant }) => invariant === finding.invariant)?.violations ?? []
      return { ...finding, violations: again.filter(({ subject }) => before.has(subject)) }
    }),
  )
