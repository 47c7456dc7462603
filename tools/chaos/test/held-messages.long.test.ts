import { startRabbitMqNode } from '@quadrille/testing'
import { connect } from 'amqplib'
import { expect, onTestFinished, test, vi } from 'vitest'
import { heldMessages } from '../src/report/held-messages.ts'

test('an expired message that RabbitMQ can not forward is found', { timeout: 60_000 }, async () => {
  const node = await startRabbitMqNode()
  onTestFinished(() => node.stop())
  const connection = await connect(node.url)
  onTestFinished(() => connection.close())
  const channel = await connection.createConfirmChannel()
  await channel.assertQueue('work.retry.1s', {
    arguments: {
      'x-queue-type': 'quorum',
      'x-message-ttl': 1,
      'x-dead-letter-exchange': 'missing',
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  })
  await channel.assertQueue('empty', { arguments: { 'x-queue-type': 'quorum' } })
  channel.sendToQueue('work.retry.1s', Buffer.from('a message'))
  await channel.waitForConfirms()
  await vi.waitFor(
    async () =>
      expect(await heldMessages(node)).toEqual([
        expect.stringMatching(
          /^work\.retry\.1s: 0 ready, 0 unacknowledged, 1 expired but not forwarded; leader quadrille/,
        ),
      ]),
    { timeout: 30_000, interval: 500 },
  )
})
