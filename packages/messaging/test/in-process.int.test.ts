/** The in-process broker passes the conformance suite, and passes decoded messages on. */
import type { Decoded } from '@quadrille/messages'
import { expect, test } from 'vitest'
import {
  ackAll,
  aMessage,
  aPair,
  aService,
  conformance,
  harnessOf,
  observe,
  on,
  StoreUnavailable,
  unique,
  until,
} from '../conformance/index.ts'
import { eventAddress, inboxOf, inProcessBroker } from '../src/index.ts'

const onError = (error: unknown, step: string) => {
  if (!(error instanceof StoreUnavailable) && step !== 'reply') throw error
}

const makeHarness = async () => harnessOf(inProcessBroker({ onError, pollMs: 10 }))

conformance('in-process broker', makeHarness)

/** A message that its publisher has decoded. The broker does not read it. */
const decoded: Decoded = {
  hash: 'hash',
  message: {
    ...{ specversion: '1.0', id: 'm1', type: 'SomethingHappened', source: '/publisher', subject: 'correlation-1' },
    ...{ time: '2026-01-01T12:00:00.000Z', datacontenttype: 'application/json', correlationid: 'correlation-1' },
    ...{ partitionkey: 'correlation-1', schemaversion: 1, data: {} },
  },
}

test(
  'a consumer catches up although an optional publisher does not run, and gets the messages of one that does',
  on(makeHarness, async (harness) => {
    const { publisher, consumer: to, inbox, events } = aPair()
    const queues = to.queues.map((queue) => ({ ...queue, optionalExchanges: queue.exchanges }))
    const { consumer, ids } = observe(harness.join({ ...to, queues }), inbox, { handle: (delivery) => delivery.ack() })
    await until(() => consumer.caughtUp()).toBe(true)
    await harness.join(publisher).publisher.publish(events, aMessage('m1'))
    await until(ids).toEqual(['m1'])
  }),
)

test(
  'an inbox gets the events that its service consumes, and those of types that no service consumes',
  on(makeHarness, async (harness) => {
    const from = unique('from')
    const inboxes = ['Lent', 'Returned'].map((type) => {
      const topology = aService(unique('consumer'), { consumes: [from] })
      const queues = topology.queues.map((queue) => ({ ...queue, types: [type, 'Lost'] }))
      return observe(harness.join({ ...topology, queues }), inboxOf(topology.service), { handle: ackAll })
    })
    const { publisher } = harness.join(aService(from))
    const publish = (type: string) => publisher.publish(eventAddress(from), aMessage(type, { type }))
    await Promise.all(['Lent', 'Returned', 'Lost', 'Unknown'].map(publish))
    expect(inboxes.map(({ ids }) => ids())).toEqual([
      ['Lent', 'Lost', 'Unknown'],
      ['Returned', 'Lost', 'Unknown'],
    ])
  }),
)

test(
  'a delivery contains the decoded message of its publisher, but not after a retry, because the retry table stores bytes',
  on(makeHarness, async (harness) => {
    const { publisher, consumer, inbox, events } = aPair()
    const { deliveries } = observe(harness.join(consumer), inbox, {
      handle: (delivery) =>
        delivery.attempts > 0 ? delivery.ack() : delivery.retry({ error: new Error('not now'), delayMs: 0 }),
    })
    await harness.join(publisher).publisher.publish(events, aMessage('m1'), { decoded })
    await until(() => deliveries.length).toBe(2)
    const [first, second] = deliveries
    expect(first?.decoded).toBe(decoded)
    expect(second).toMatchObject({ decoded: undefined, message: { body: aMessage('m1').body } })
  }),
)
