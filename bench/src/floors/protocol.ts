/** The messages between the benchmark and the process of a floor: run → ready → go → ended. */
import type { FloorSpec } from './floor.ts'

export interface ToFloor {
  readonly floor: FloorSpec
  /** The duration of the measured window, ms. */
  readonly ms: number
}

export type FromFloor =
  | { readonly type: 'ready' }
  | { readonly type: 'ended'; readonly operations: number; readonly ms: number }
  | { readonly type: 'failed'; readonly message: string }
