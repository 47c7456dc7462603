/** How busy a worker of tasks is: how many of its slots are in use. A task that waits for its turn is in a slot, too. */
export interface Slots {
  /** Does it in a slot. */
  readonly use: (work: () => Promise<void>) => Promise<void>
  /** See ConsumerLoad. */
  readonly busyMs: () => number
}

/** @param now a clock that only goes forward, ms. */
export const createSlots = (slots: number, now = () => performance.now()): Slots => {
  let inUse = 0
  let busyMs = 0
  let countedUntil = now()
  const count = () => {
    const until = now()
    busyMs += (until - countedUntil) * (inUse / slots)
    countedUntil = until
  }
  const change = (by: 1 | -1) => {
    count()
    inUse += by
  }
  return {
    use: async (work) => {
      change(1)
      try {
        await work()
      } finally {
        change(-1)
      }
    },
    busyMs: () => {
      count()
      return busyMs
    },
  }
}
