import { startRabbitMqNode } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { connect } from 'amqplib'
import { expect, onTestFinished, test } from 'vitest'
import { heldMessages } from '../src/report/held-messages.ts'

test('an expired message that RabbitMQ can not forward is found', async () => {
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
  await waitFor(
    async () =>
      expect(await heldMessages(node)).toEqual([
        expect.stringMatching(
          /^work\.retry\.1s: 0 ready, 0 unacknowledged, 1 expired but not forwarded; leader quadrille/,
        ),
      ]),
    { interval: 500 },
  )
  // The documented way to see such a message. RabbitMQ refreshes these numbers every 5 s.
  await waitFor(
    async () =>
      expect(await node.ctl('list_queues', 'name', 'messages', 'messages_ready', 'messages_unacknowledged')).toMatch(
        /work\.retry\.1s\t1\t0\t0/,
      ),
    { interval: 500 },
  )
})
