/** How long and how large the measurements are. */
export interface Sizes {
  /** Without tasks, ms. */
  readonly idleMs: number
  /** With tasks at a steady rate, ms. */
  readonly steadyMs: number
  /** The last one has the most tasks. */
  readonly drains: readonly DrainSize[]
  /** Before, with and after the snapshot, ms. */
  readonly snapshotMs: { readonly before: number; readonly held: number; readonly after: number }
  /** The number of messages for each way of taking them, `basic.get` and `basic.consume`. */
  readonly messages: number
}

/** The numbers of consumers while no tasks wait. */
export const steadyConsumers = [1, 8] as const

export interface DrainSize {
  /** The number of tasks that wait before the consumers start. */
  readonly waiting: number
  readonly consumers: number
}

export const fullSizes: Sizes = {
  idleMs: 2_000,
  steadyMs: 5_000,
  drains: [
    { waiting: 20_000, consumers: 8 },
    { waiting: 100_000, consumers: 1 },
    { waiting: 100_000, consumers: 8 },
  ],
  snapshotMs: { before: 4_000, held: 14_000, after: 4_000 },
  messages: 10_000,
}

export const quickSizes: Sizes = {
  idleMs: 100,
  steadyMs: 500,
  drains: [{ waiting: 1_000, consumers: 8 }],
  snapshotMs: { before: 200, held: 200, after: 200 },
  messages: 400,
}
