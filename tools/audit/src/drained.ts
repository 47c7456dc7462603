/** Whether the queues have passed on what lay in them, although new messages come all the time. */
import { isBacklog, type Queues } from './queue-depths.ts'

/**
 * How often each queue must have been seen empty: a message about a settled order passes through this many queues at most, from
 * OrderFulfilled in the inbox of notification by the task to send an email to NotificationSent in the inbox of order.
 */
const hops = 3

export interface DrainWatch {
  /** Takes note of a reading. */
  note(queues: Queues): void
  /**
   * An order that has not changed for longer than this, in ms, has no message left in a queue. Minus infinity where nothing
   * waited in the last reading; infinity while that isn't known of any order.
   */
  drainedMs(): number
}

/** Watches from now on. Under steady load the queues are hardly ever empty all at once, but each is from time to time. */
export const watchDrains = (): DrainWatch => {
  const begun = performance.now()
  let rounds = 0
  let emptied = new Set<string>()
  let allEmpty = false
  return {
    note: (queues) => {
      const idle = [...queues].filter((queue) => !isBacklog(queue))
      allEmpty = idle.length === queues.size
      for (const [name] of idle) emptied.add(name)
      if (emptied.size < queues.size) return
      rounds += 1
      emptied = new Set()
    },
    drainedMs: () => {
      if (allEmpty) return Number.NEGATIVE_INFINITY
      return rounds >= hops ? performance.now() - begun : Number.POSITIVE_INFINITY
    },
  }
}
