/** Ends a fault. What it took away works again when it resolves, or will by itself. */
export type Heal = () => Promise<void>

/** Something that goes wrong with one part of the world. To add one, add it to the list of its family in this folder. */
export interface Fault {
  /** What goes wrong, as it is counted: `service killed`. */
  readonly kind: string
  /** With whom: `order-1`. */
  readonly target: string
  /** What it takes away. Of two faults of the same part, the second waits for the end of the first. */
  readonly part: string
  /** How long it lasts, ms: from the first to below the second. */
  readonly lastsMs: readonly [from: number, to: number]
  /** Resolves when it is done, to `hitNothing` where nothing was there to be hit. A rejection ends the run. */
  readonly inject: () => Promise<Heal>
}

/** Of a fault that is over at once. */
export const overAtOnce: Heal = async () => undefined

/** Of a fault that isn't counted. */
export const hitNothing: Heal = async () => undefined
