import { startRabbitMqCluster } from '@quadrille/testing'
import { waitFor } from '@quadrille/testing/waiting'
import { connect } from 'amqplib'
import { expect, onTestFinished, test } from 'vitest'
import { forwardRetries } from '../src/faults/forward-retries.ts'
import { heldMessages } from '../src/report/held-messages.ts'

/** As when RabbitMQ fails to start them while a node boots. */
const endWorkers =
  '[supervisor:terminate_child(rabbit_fifo_dlx_sup, Pid) || {_, Pid, _, _} <- supervisor:which_children(rabbit_fifo_dlx_sup)].'

test('a retry queue without its worker is moved to another node, and one with its worker is not', async () => {
  const cluster = await startRabbitMqCluster({ size: 2 })
  onTestFinished(() => cluster.stop())
  const [node] = cluster.nodes
  if (!node) throw new Error('The cluster has no node.')
  const connection = await connect(node.url)
  onTestFinished(() => connection.close())
  const channel = await connection.createConfirmChannel()
  await channel.assertQueue('work', { arguments: { 'x-queue-type': 'quorum' } })
  await channel.assertQueue('work.retry.1s', {
    arguments: {
      'x-queue-type': 'quorum',
      'x-message-ttl': 1,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': 'work',
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  })
  expect(await forwardRetries(node)).toBe(0)
  await node.ctl('eval', endWorkers)
  channel.sendToQueue('work.retry.1s', Buffer.from('a message'))
  await channel.waitForConfirms()
  await waitFor(async () => expect((await heldMessages(node)).join()).toContain('1 expired but not forwarded'))
  expect(await forwardRetries(node)).toBe(1)
  await waitFor(async () => expect((await channel.checkQueue('work')).messageCount).toBe(1))
})
