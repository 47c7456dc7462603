import { expect, it } from 'vitest'
import type { Sight } from '../src/amqp/consumer/queue-probe.ts'
import { Forgotten } from '../src/amqp/rabbitmq-3/forgotten-consumer.ts'

const waiting = { messages: 7, consumers: 2 }
const empty = { messages: 0, consumers: 2 }

type Seen = [sight: Sight, atMs: number, consumer?: { readonly delivered?: number; readonly unsettled?: number }]

/** What each of these looks, so many ms after the start, says. */
const saysOf = (...looks: Seen[]): boolean[] => {
  const forgotten = new Forgotten()
  return looks.map(([sight, atMs, { delivered = 0, unsettled = 0 } = {}]) =>
    forgotten.seen({ sight, atMs, delivered, unsettled }),
  )
}

it('believes that a consumer is forgotten when messages wait and it gets none for two seconds', () => {
  expect(saysOf([waiting, 0], [waiting, 1_000], [waiting, 2_000])).toEqual([false, false, true])
  expect(saysOf(['gone', 0], [waiting, 2_000])).toEqual([false, true])
})

it('begins anew when the queue is empty, or the consumer gets something or has it in hand', () => {
  expect(saysOf([waiting, 0], [empty, 1_000], [waiting, 2_000])).toEqual([false, false, false])
  expect(saysOf([waiting, 0], [waiting, 2_000, { delivered: 1 }], [waiting, 3_000, { delivered: 1 }])).toEqual([
    ...[false, false],
    false,
  ])
  expect(saysOf([waiting, 0], [waiting, 2_000, { unsettled: 1 }], [waiting, 3_000])).toEqual([false, false, false])
})

it('takes what is not known neither for the one nor for the other', () => {
  expect(saysOf([null, 0], [null, 5_000], [waiting, 10_000], [null, 15_000])).toEqual([false, false, false, false])
  expect(saysOf([waiting, 0], [null, 1_000], [waiting, 2_000])).toEqual([false, false, true])
})
