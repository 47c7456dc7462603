/** RabbitMQ passes the conformance suite. */
import { createVhost, type Vhost } from '@quadrille/testing'
import { afterAll, beforeAll, inject } from 'vitest'
import { conformance, harnessOf } from '../conformance/index.ts'
import { amqpBroker } from '../src/index.ts'

let vhost: Vhost

beforeAll(async () => {
  vhost = await createVhost(inject('rabbitmqUrl'))
})

afterAll(() => vhost.drop())

conformance('RabbitMQ', async () => harnessOf(amqpBroker(vhost.url, { onError: () => undefined })))
