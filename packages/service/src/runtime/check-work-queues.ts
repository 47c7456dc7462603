/** Checks that a service has tasks for exactly the work queues that its configuration serves. */
import type { Wiring } from './define.ts'

/** A service with a queue whose tasks nobody does must not run. */
export const checkWorkQueues = ({ work = {} }: Wiring, workQueues: readonly string[]): void => {
  const wired = Object.keys(work)
  const violations = [
    ...wired
      .filter((queue) => !workQueues.includes(queue))
      .map((queue) => `There are tasks for ${queue}, a queue which the configuration does not serve.`),
    ...workQueues
      .filter((queue) => !wired.includes(queue))
      .map((queue) => `There are no tasks for ${queue}, a queue which the configuration serves.`),
  ]
  if (violations.length > 0) throw new Error(violations.join('\n'))
}
