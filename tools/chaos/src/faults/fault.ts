/** Ends a fault. When it resolves, the affected part works again, or will do so by itself. */
export type Heal = () => Promise<void>

/** A fault of one part of the system. Add a new one to a list in this folder. */
export interface Fault {
  /** The name of the kind: `service killed`. */
  readonly kind: string
  /** The affected component: `order-1`. */
  readonly target: string
  /** The affected parts. A fault waits for the end of earlier ones in the same parts. */
  readonly parts: readonly string[]
  /** The duration, ms: at least the first, below the second. */
  readonly lastsMs: readonly [from: number, to: number]
  /** Resolves when the fault is active, to `noTarget` if it had no target. A rejection ends the run. */
  readonly inject: () => Promise<Heal>
}

/** For a fault that ends by itself at once. */
export const endsAtOnce: Heal = async () => undefined

/** For a fault without a target, which is not counted. */
export const noTarget: Heal = async () => undefined
