/** The messages between the benchmark and its load process. Each load: run → ready → go → ended → measured. */
import type { Summary } from '../results/statistics.ts'
import type { Failed } from '../systems/forked.ts'
import type { LoadSpec } from './load.ts'

export type ToLoad =
  | { readonly type: 'run'; readonly load: LoadSpec }
  /** The benchmark has read its counters: the window begins. */
  | { readonly type: 'go' }

export type FromLoad =
  /** It has connected to the order database. */
  | { readonly type: 'opened'; readonly backendPid: number }
  /** The load is steady. It goes on while it waits for `go`. */
  | { readonly type: 'ready' }
  /** The window is over. The last orders are not settled yet. */
  | { readonly type: 'ended' }
  | { readonly type: 'measured'; readonly measured: MeasuredLoad }
  | Failed

/** The figures of `Measured`, with percentiles in place of single values. */
export interface MeasuredLoad {
  readonly ms: number
  readonly accepted: number
  readonly orders: number
  readonly settled: Summary
  readonly acceptance: Summary
  readonly late: Summary
}
