/** Checks that a service has tasks for exactly the work queues of its configuration. */
import type { Wiring } from './define.ts'

export const checkWorkQueues = ({ work = {} }: Wiring, workQueues: readonly string[]): void => {
  const wired = Object.keys(work)
  const violations = [
    ...wired
      .filter((queue) => !workQueues.includes(queue))
      .map(
        (queue) =>
          `There are tasks for ${queue}, but the configuration does not serve this queue. Return it from workQueues, or leave it out of work.`,
      ),
    ...workQueues
      .filter((queue) => !wired.includes(queue))
      .map(
        (queue) => `There are no tasks for ${queue}, but the configuration serves this queue. Add it to work in wire.`,
      ),
  ]
  if (violations.length > 0) throw new Error(violations.join('\n'))
}
