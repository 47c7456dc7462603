/**
 * Messages of different lanes never share a transaction. `first`: messages that were not tried before. `retry`: messages that
 * were. `isolating`: messages whose batch waited for a lock until the lock timeout, or whose statement was cancelled; in this
 * lane the reactor finds out which of them are the cause.
 */
export const lanes = ['first', 'retry', 'isolating'] as const
export type Lane = (typeof lanes)[number]

/**
 * The lane of the next try, from the lane of this one and the lane that its result asks for. A message that was tried does not
 * return to `first`.
 */
export const nextLane = (current: Lane, asked: Lane): Lane =>
  asked === 'first' && current !== 'first' ? 'retry' : asked
