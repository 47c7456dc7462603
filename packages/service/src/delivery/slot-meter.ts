/**
 * Measures how busy the consumer of a work queue is: the share of its slots that hold a task. A task holds its slot until it is
 * settled.
 */
export interface SlotMeter {
  readonly occupy: () => void
  readonly release: (count: number) => void
  /** Marks a task as waiting for a permit. Until `resume` it does not count as work. */
  readonly suspend: () => void
  readonly resume: () => void
  /** The number of tasks that wait for a permit. */
  readonly suspended: () => number
  /** Cumulative busy time in ms, weighted by the share of busy slots. */
  readonly busyMs: () => number
}

/** @param now a monotonic clock, ms. */
export const createSlotMeter = (slots: number, now = () => performance.now()): SlotMeter => {
  let occupied = 0
  let suspended = 0
  let busyMs = 0
  let countedUntil = now()
  const count = () => {
    const until = now()
    busyMs += (until - countedUntil) * (occupied / slots)
    countedUntil = until
  }
  const change = (by: number) => {
    count()
    occupied += by
  }
  return {
    occupy: () => change(1),
    release: (released) => change(-released),
    suspend: () => {
      suspended += 1
      change(-1)
    },
    resume: () => {
      suspended -= 1
      change(1)
    },
    suspended: () => suspended,
    busyMs: () => {
      count()
      return busyMs
    },
  }
}
