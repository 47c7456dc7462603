/** What an instance has done for one queue since it began. Both only grow. */
export interface Work {
  /** Deliveries that it is done with, whatever has become of them. */
  readonly handled: () => number
  /** For how long it was at its bound, ms; a time in which it did half of what it can counts half. */
  readonly busyMs: () => number
}
