/**
 * Lost deliveries are not handled again, because the broker redelivers them. Otherwise each loss of a channel would add the
 * deliveries of another prefetch to those that wait in memory.
 */
import type { Incoming } from '../incoming.ts'
import { abandoned, type Outcome } from '../outcome.ts'
import { answerEarly, type Policy } from '../policy.ts'

export const abandonedIfLost = ({ delivery }: Incoming): Outcome | undefined =>
  delivery.isLost() ? abandoned : undefined

export const skipLost: Policy = (next) => (batch) => answerEarly(batch, abandonedIfLost, next)
