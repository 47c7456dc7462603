/** Detects when each queue has been drained, although new messages arrive all the time. */
import { isBacklog, type Queues } from './queue-depths.ts'

/**
 * How often each queue must have been empty. A message about a settled order passes through at most this many queues:
 * OrderFulfilled in notification's inbox, the task in the email queue, NotificationSent in order's inbox.
 */
const hops = 3

export interface DrainWatch {
  /** Records a reading of the queues. */
  note(queues: Queues): void
  /**
   * An order that has not changed for longer than this, in ms, has no message in a queue. Minus infinity if no message
   * waited in the last reading. Infinity while it is unknown for all orders.
   */
  drainedMs(): number
}

/** Starts watching. Under steady load the queues are rarely empty all at once, but each is empty from time to time. */
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
