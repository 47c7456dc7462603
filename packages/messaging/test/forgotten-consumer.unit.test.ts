import { expect, it } from 'vitest'
import type { ProbeResult } from '../src/amqp/consumer/queue-probe.ts'
import { ForgottenConsumer } from '../src/amqp/rabbitmq-3/forgotten-consumer.ts'

const waiting = { messages: 7, consumers: 2 }
const empty = { messages: 0, consumers: 2 }

type Observed = [
  result: ProbeResult,
  atMs: number,
  consumer?: { readonly delivered?: number; readonly unsettled?: number },
]

/** The answer after each of these observations, with their times in ms after the start. */
const detections = (...observations: Observed[]): boolean[] => {
  const forgottenConsumer = new ForgottenConsumer()
  return observations.map(([result, atMs, { delivered = 0, unsettled = 0 } = {}]) =>
    forgottenConsumer.detected({ result, atMs, delivered, unsettled }),
  )
}

it('detects a forgotten consumer when messages wait and it receives none for ten seconds', () => {
  expect(detections([waiting, 0], [waiting, 9_999], [waiting, 10_000])).toEqual([false, false, true])
  expect(detections(['gone', 0], [waiting, 10_000])).toEqual([false, true])
})

it('starts again when the queue is empty, or the consumer receives or holds a delivery', () => {
  expect(detections([waiting, 0], [empty, 5_000], [waiting, 10_000])).toEqual([false, false, false])
  expect(detections([waiting, 0], [waiting, 10_000, { delivered: 1 }], [waiting, 11_000, { delivered: 1 }])).toEqual([
    ...[false, false],
    false,
  ])
  expect(detections([waiting, 0], [waiting, 10_000, { unsettled: 1 }], [waiting, 11_000])).toEqual([
    false,
    false,
    false,
  ])
})

it('ignores a probe without a result', () => {
  expect(detections([null, 0], [null, 10_000], [waiting, 20_000], [null, 30_000])).toEqual([false, false, false, false])
  expect(detections([waiting, 0], [null, 5_000], [waiting, 10_000])).toEqual([false, false, true])
})
