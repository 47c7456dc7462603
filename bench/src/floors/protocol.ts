/** The messages between the benchmark and the process of a floor: ready → go → ended. */
import type { Failed } from '../systems/forked.ts'
import type { FloorSpec } from './floor.ts'

/** The argument of the process. */
export interface FloorWork {
  readonly floor: FloorSpec
  /** The duration of the measured window, ms. */
  readonly ms: number
}

export type FromFloor =
  | { readonly type: 'ready' }
  | { readonly type: 'ended'; readonly operations: number; readonly ms: number }
  | Failed
