/** Which missing messages count as not handled, and which tasks are on their way. */
import { expect, it } from 'vitest'
import { isTaskInTransit, isUnhandled } from '../src/part-keys.ts'
import type { Placed } from '../src/placed.ts'

const keys = { unsentBefore: new Set(['unsent']), sent: new Set(['sent']) }

const missing = (type: string, key: string, place?: Placed['place']): Placed =>
  ({ key, place, message: { type } }) as Placed

it.each<[boolean, boolean, string, Placed]>([
  [false, true, 'a task that has gone from an outbox to its queue', missing('Refund', 'unsent')],
  [true, false, 'a task that stays in an outbox', missing('Refund', 'unsent', 'unsent')],
  [true, false, 'an event that has gone from an outbox, and was lost', missing('OrderPlaced', 'unsent')],
  [true, false, 'an event that stays in an outbox', missing('OrderPlaced', 'unsent', 'unsent')],
  [false, false, 'a task that was sent in this run', missing('Refund', 'sent')],
  [true, false, 'an event that was sent in this run', missing('OrderPlaced', 'sent')],
  [false, false, 'a message that has reached an outbox during the run', missing('OrderPlaced', 'new', 'unsent')],
  [false, false, 'a message that was handled, without the effect', missing('OrderPlaced', 'unsent', 'handled')],
])('not handled: %s, in transit: %s: %s', (unhandled, inTransit, _, message) => {
  expect([isUnhandled(message, keys), isTaskInTransit(message, keys)]).toEqual([unhandled, inTransit])
})
