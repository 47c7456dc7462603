/** Ends a fault. When it resolves, the affected part works again, or will do so by itself. */
export type Heal = () => Promise<void>

/** A fault of one part of the world. Add a new fault to the list of its family in this folder. */
export interface Fault {
  /** The name of the kind: `service killed`. */
  readonly kind: string
  /** The affected component: `order-1`. */
  readonly target: string
  /** The affected part. Of two faults in the same part, the second waits for the end of the first. */
  readonly part: string
  /** The duration, ms: at least the first, below the second. */
  readonly lastsMs: readonly [from: number, to: number]
  /** Resolves when the fault is active, to `hitNothing` if it had no target. A rejection ends the run. */
  readonly inject: () => Promise<Heal>
}

/** For a fault that ends at once. */
export const overAtOnce: Heal = async () => undefined

/** For a fault that is not counted. */
export const hitNothing: Heal = async () => undefined
