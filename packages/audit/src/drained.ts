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
  /** True once each queue has been seen empty after all others were, `hops` times. */
  drained(): boolean
}

/** Under steady load the queues are hardly ever empty all at once, but each is from time to time. */
export const watchDrains = (): DrainWatch => {
  let rounds = 0
  let emptied = new Set<string>()
  return {
    note: (queues) => {
      for (const queue of queues) if (!isBacklog(queue)) emptied.add(queue[0])
      if (emptied.size < queues.size) return
      rounds += 1
      emptied = new Set()
    },
    drained: () => rounds >= hops,
  }
}
