/** Detects that each queue has been empty, although new messages arrive all the time. */
import { isBacklog, type Queues } from './queue-depths.ts'

/**
 * How often each queue must have been empty. An event of a settled order causes messages in at most this many queues:
 * OrderFulfilled in notification's inbox, the task in the email queue, NotificationSent in order's inbox.
 */
const hops = 3

export interface DrainWatch {
  /** Records a reading of the queues. */
  record(queues: Queues): void
  /**
   * In ms. No queue has a message about an order whose last change is longer ago than this. Minus infinity if the last
   * reading found no message at all. Infinity if a message about any order may still be in a queue.
   */
  drainedMs(): number
}

/** Under steady load the queues are rarely all empty at once, but each one is empty from time to time. */
export const watchDrains = (): DrainWatch => {
  const startedMs = performance.now()
  let rounds = 0
  let emptied = new Set<string>()
  let allEmpty = false
  return {
    record: (queues) => {
      const idle = [...queues].filter((queue) => !isBacklog(queue))
      allEmpty = idle.length === queues.size
      for (const [name] of idle) emptied.add(name)
      if (emptied.size < queues.size) return
      rounds += 1
      emptied = new Set()
    },
    drainedMs: () => {
      if (allEmpty) return Number.NEGATIVE_INFINITY
      return rounds >= hops ? performance.now() - startedMs : Number.POSITIVE_INFINITY
    },
  }
}
