/**
 * Measures how busy the consumer of a work queue is: the share of its slots that hold a task. A task holds its slot until it is
 * settled.
 */
export interface Slots {
  readonly occupy: () => void
  readonly release: (count: number) => void
  /** See ConsumerLoad. */
  readonly busyMs: () => number
}

/** @param now a monotonic clock, ms. */
export const createSlots = (slots: number, now = () => performance.now()): Slots => {
  let occupied = 0
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
    busyMs: () => {
      count()
      return busyMs
    },
  }
}
