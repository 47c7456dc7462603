/** The messages between the benchmark and its load process. Each load: run → ready → go → ended → measured. */
import type { Summary } from '../results/statistics.ts'
import type { LoadSpec } from './load.ts'
import type { ShopOptions } from './shop.ts'

export type ToLoad =
  | { readonly type: 'open'; readonly shop: ShopOptions }
  | { readonly type: 'run'; readonly load: LoadSpec }
  /** The benchmark has read its counters: the window begins. */
  | { readonly type: 'go' }

export type FromLoad =
  | { readonly type: 'opened'; readonly backendPid: number }
  /** The load is steady. It goes on while it waits for `go`. */
  | { readonly type: 'ready' }
  /** The window is over. The last orders are not settled yet. */
  | { readonly type: 'ended' }
  | { readonly type: 'measured'; readonly measured: MeasuredLoad }
  | { readonly type: 'failed'; readonly message: string }

/** The figures of `Measured`, with percentiles in place of single values. */
export interface MeasuredLoad {
  readonly ms: number
  readonly accepted: number
  readonly orders: number
  readonly settled: Summary
  readonly acceptance: Summary
  readonly late: Summary
}
