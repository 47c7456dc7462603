/** A message that crashes every process that handles it, among harmless messages, on RabbitMQ. */

import { hash } from 'node:crypto'
import { contentType } from '@quadrille/messages'
import { amqpBroker, eventsExchange } from '@quadrille/messaging'
import { memoryStores } from '@quadrille/messaging/conformance'
import { createVhost, noon } from '@quadrille/testing'
import { waitUntil } from '@quadrille/testing/waiting'
import { describe, expect, inject, it, onTestFinished } from 'vitest'
import type { Message } from '../../../post.ts'
import { expectOnlyThePoisonToBeParked, good, openFixture, parcelSent, untilParked } from './crashing.ts'

// It starts five processes, one after the other.
describe('a message that crashes its consumer', () => {
  it('is parked, and other prefetched messages are not, on RabbitMQ', async () => {
    const vhost = await createVhost(inject('rabbitmqUrl'))
    const broker = amqpBroker(vhost.url, { onError: () => undefined })
    onTestFinished(async () => {
      await broker.close()
      await vhost.drop()
    })
    const fixture = await openFixture({ AMQP_URL: vhost.url })
    const [poison, before, after] = [parcelSent('poison'), good(), good()]
    const first = await fixture.start()
    const parcel = { service: 'counter', essential: true, events: eventsExchange('counter'), direct: 'counter.direct' }
    const { publisher } = broker.join(
      { ...parcel, fanout: null, queues: [], deadLetterQueue: 'counter.dead', requiredInboxes: ['crashing.inbox'] },
      memoryStores(),
    )
    await waitUntil(() => publisher.waitingFor() === null)
    const bodyOf = (message: Message) => Buffer.from(JSON.stringify(message))
    const publish = (message: Message) =>
      publisher.publish(
        { exchange: eventsExchange('counter'), routingKey: '' },
        {
          id: message.id,
          type: message.type,
          correlationId: message.subject,
          appId: 'counter',
          contentType,
          timestamp: noon,
          body: bodyOf(message),
          headers: {},
        },
      )
    // Two of the three crashes alone are on record, because each takes another process.
    await fixture.database.query("insert into suspect (queue, fingerprint, begun) values ('crashing.inbox', $1, 2)", [
      hash('sha256', bodyOf(poison), 'base64'),
    ])
    await Promise.all([...before, poison, ...after].map(publish))
    expect(await untilParked(fixture, first)).toBe(4) // three together with others, and one alone
    await expectOnlyThePoisonToBeParked(fixture, poison, [...before, ...after])
  })
})
