/** Checks that a service has tasks for exactly the work queues of its configuration, and that they may start. */
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
    ...Object.entries(work).flatMap(([queue, { concurrency = 1, rate = 1 }]) => [
      ...(concurrency >= 1
        ? []
        : [`The concurrency of ${queue} is ${concurrency}. Set it to 1 or more, or leave it out.`]),
      ...(rate > 0 && Number.isFinite(rate)
        ? []
        : [`The rate of ${queue} is ${rate}. Set it to a finite number above 0, or leave it out.`]),
    ]),
  ]
  if (violations.length > 0) throw new Error(violations.join('\n'))
}
