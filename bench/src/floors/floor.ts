/** The floors: operations without which no system of this kind can work, each as fast as this machine does it alone. */
import type { Failed } from '../systems/forked.ts'

export type FloorSpec =
  /** Writes 4 kB and waits until they are on the disk. */
  | { readonly kind: 'sync'; readonly folder: string }
  /** Inserts rows of 551 bytes. */
  | { readonly kind: 'postgres'; readonly url: string; readonly clients: number; readonly rowsPerTransaction: number }
  /** Publishes and delivers the messages of orders. */
  | { readonly kind: 'messages'; readonly url: string; readonly messages: OrderMessages }

/** The messages of one order. */
export interface OrderMessages {
  readonly published: number
  readonly delivered: number
  /** The bytes of a message. */
  readonly bytes: number
}

/** One client's operation, repeated. Resolves to the number of syncs, rows or orders that it has done. */
export type Operation = () => Promise<number>

/** The clients, which work at the same time until their process is killed. */
export type Floor = readonly Operation[]

/** The argument of the process of a floor. */
export interface FloorWork {
  readonly floor: FloorSpec
  /** The duration of the measured window, ms. */
  readonly ms: number
}

/** The messages of that process. It waits for a message between the first and the second. */
export type FromFloor =
  | { readonly type: 'ready' }
  | { readonly type: 'ended'; readonly operations: number; readonly ms: number }
  | Failed
