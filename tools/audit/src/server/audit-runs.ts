/** Runs the audit on demand: one run at a time, and each for a bounded time. The last result is kept in memory. */
import type { AuditResult, AuditState, RunningAudit } from '@quadrille/console/audit-state'
import { maxGracePeriods, type Progress } from '../audit-live.ts'
import { reasonOf } from '../reason.ts'
import type { Report } from '../report.ts'
import { resultOf } from './audit-result.ts'

/** Examines the system once. It calls `onProgress` often, and ends if that throws. */
export type Examine = (onProgress: (progress: Progress) => void) => Promise<Report>

export interface AuditRuns {
  state(): AuditState
  /** Starts a run, unless one is in progress. */
  start(): void
  /** The same, but only if the last run is older than this, and the audit does not run for too much of the time. */
  startIfOlder(ms: number): void
}

export interface AuditRunsOptions {
  readonly examine: Examine
  /** How long a run may take, ms. It ends at its next step after that. Default 10 min: several million orders. */
  readonly withinMs?: number
  /** The grace period of the audit, ms, which a run may take four times in addition. Default 0. */
  readonly graceMs?: number
  /** Milliseconds since any fixed time. Default: the clock of `performance`. */
  readonly clock?: () => number
}

/** Between two runs that are started by their age, the audit rests this many times as long as the last one has taken. */
const restFactor = 4

export const createAuditRuns = ({
  examine,
  withinMs = 600_000,
  graceMs = 0,
  clock = () => performance.now(),
}: AuditRunsOptions): AuditRuns => {
  const limitMs = withinMs + maxGracePeriods * graceMs
  let running: RunningAudit | null = null
  let result: AuditResult | null = null
  let failure: AuditState['failure'] = null
  /** Of the last run. */
  let endedMs = Number.NEGATIVE_INFINITY
  let tookMs = 0

  const run = async () => {
    const startedAt = new Date()
    const beganMs = clock()
    const onProgress = (progress: Progress) => {
      if (clock() - beganMs > limitMs) throw new Error(`It took longer than ${limitMs / 1_000} s.`)
      running = { startedAt: startedAt.toISOString(), ...progress }
    }
    try {
      onProgress({ step: 'examining', done: 0, of: 0 })
      const report = await examine(onProgress)
      const times = { startedAt, endedAt: new Date(), tookMs: clock() - beganMs }
      result = resultOf(report, times, result)
      failure = null
    } catch (error) {
      const reason = error instanceof Error ? error.message : reasonOf(error)
      failure = { at: new Date().toISOString(), tookMs: clock() - beganMs, reason }
    }
    running = null
    endedMs = clock()
    tookMs = endedMs - beganMs
  }
  const start = () => {
    if (running === null) void run()
  }
  return {
    state: () => ({ running, result, failure }),
    start,
    startIfOlder: (ms) => {
      if (clock() - endedMs >= Math.max(ms, restFactor * tookMs)) start()
    },
  }
}
