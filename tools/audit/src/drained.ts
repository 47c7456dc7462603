/** Detects that each queue has been empty, although new messages arrive all the time. */
import { isBacklog, isRetryQueue, type Queues } from './queue-depths.ts'

/**
 * How often each queue must have been empty. An event of a settled order causes messages in at most this many queues:
 * OrderFulfilled in notification's inbox, the task in the email queue, NotificationSent in order's inbox.
 */
export const hops = 3

export interface DrainWatch {
  /** Records a reading of the queues. */
  record(queues: Queues): void
  /**
   * In ms. No queue has a message about an order whose last change is longer ago than this. Minus infinity if the last
   * reading found no message at all. Infinity if a message about any order may still be in a queue.
   */
  drainedMs(): number
  /**
   * The queues for which `drainedMs` is infinite: the retry queues with messages at the last reading; otherwise all queues with
   * messages, except for those that were empty shortly before.
   */
  waitingFor(): readonly string[]
}

/**
 * Under steady load the queues are rarely all empty at once, but each one is empty from time to time. A message may move from one retry
 * queue to the next, and after the last one it causes messages in other queues. So only the time after the last reading with such a
 * message counts.
 */
export const watchDrains = (): DrainWatch => {
  const startedMs = performance.now()
  let rounds = 0
  let emptied = new Set<string>()
  let busy: readonly string[] = []
  return {
    record: (queues) => {
      busy = [...queues].filter(isBacklog).map(([name]) => name)
      const retrying = busy.filter(isRetryQueue)
      if (retrying.length > 0) {
        busy = retrying
        rounds = 0
        emptied = new Set()
        return
      }
      for (const name of queues.keys()) if (!busy.includes(name)) emptied.add(name)
      if ([...queues.keys()].some((name) => !emptied.has(name))) return
      rounds += 1
      emptied = new Set()
    },
    drainedMs: () => {
      if (busy.length === 0) return Number.NEGATIVE_INFINITY
      return rounds >= hops ? performance.now() - startedMs : Number.POSITIVE_INFINITY
    },
    waitingFor: () => (rounds < hops ? busy.filter((name) => !emptied.has(name)) : []),
  }
}
