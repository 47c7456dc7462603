/**
 * Deletes the retired queues of a service, each once it is empty. RabbitMQ can't delete a quorum queue on the condition
 * that it is empty (https://www.rabbitmq.com/docs/quorum-queues#feature-comparison), so this code ensures it: at the
 * time of the deletion no binding leads to the queue, it has no consumer, and its leader has answered that it is empty.
 * Before that, it was unbound from its fanout exchange. One gap remains: no count and no answer shows an expired
 * message that RabbitMQ is forwarding from a retry queue, and it is lost with that queue.
 */
import type { Channel, ChannelModel } from 'amqplib'
import { RetiredQueueKept } from '../../broker.ts'
import { type QueueTopology, retirementLockOf, retryQueueOf, retryTiers, type ServiceTopology } from '../../topology.ts'
import { openChannel } from '../open-channel.ts'
import { isClosedBy } from '../reply-code.ts'
import { unbindFromExchanges } from './declare.ts'
import { queueExists } from './existence.ts'

/**
 * Deletes all queues that it can, and returns the reasons for keeping the others. Does nothing while another instance
 * is doing it.
 */
export const retireQueues = async (
  connection: ChannelModel,
  { service, direct, retired = [] }: Pick<ServiceTopology, 'service' | 'direct' | 'retired'>,
): Promise<RetiredQueueKept[]> => {
  const left: QueueTopology[] = []
  for (const queue of retired) if (await queueExists(connection, queue.name)) left.push(queue)
  if (left.length === 0) return []
  const locking = await openChannel(connection)
  const lock = retirementLockOf(service)
  if (!(await takeLock(locking, lock))) return []
  try {
    return await retireAll(connection, left, direct)
  } finally {
    await locking.deleteQueue(lock)
    await locking.close()
  }
}

const retireAll = async (
  connection: ChannelModel,
  queues: readonly QueueTopology[],
  direct: string,
): Promise<RetiredQueueKept[]> => {
  const channel = await openChannel(connection)
  const kept: RetiredQueueKept[] = []
  for (const queue of queues) {
    const reason = await retire(connection, channel, { queue, direct })
    if (reason !== null) kept.push(new RetiredQueueKept(queue.name, reason))
  }
  await channel.close()
  return kept
}

/**
 * False if another connection has the lock. While one instance inspects a message, the queue would seem empty to
 * others. The lock ends with its connection (AMQP 0-9-1, queue.declare: exclusive).
 */
const takeLock = async (channel: Channel, lock: string): Promise<boolean> => {
  try {
    await channel.assertQueue(lock, { exclusive: true, durable: false })
    return true
  } catch (error) {
    if (isClosedBy('resource-locked', error)) return false
    throw error
  }
}

interface Retiring {
  readonly queue: QueueTopology
  readonly direct: string
}

/**
 * Null if the queue and its retry queues are deleted. Otherwise the reason for keeping it. A queue that has no consumer is unbound
 * again, because an instance with another configuration may have bound it since.
 */
const retire = async (
  connection: ChannelModel,
  channel: Channel,
  { queue: retired, direct }: Retiring,
): Promise<string | null> => {
  const queue = retired.name
  const { consumerCount } = await channel.checkQueue(queue)
  if (consumerCount > 0) return 'an instance with another configuration consumes it.'
  await unbindFromExchanges(channel, retired)
  for (const tier of retryTiers) {
    const retryQueue = retryQueueOf(queue, tier)
    if (!(await queueExists(connection, retryQueue))) continue
    if (!(await isEmpty(channel, retryQueue))) return `messages wait in ${retryQueue} for a retry.`
    await channel.deleteQueue(retryQueue)
  }
  if (!(await isEmpty(channel, queue))) return 'it holds messages. Configure it again, or move or purge them.'
  await channel.unbindQueue(queue, direct, queue)
  if (await isEmpty(channel, queue)) {
    await channel.deleteQueue(queue)
    return null
  }
  await channel.bindQueue(queue, direct, queue) // a message has arrived in between
  return 'it holds messages. Configure it again, or move or purge them.'
}

/**
 * Only the answer to basic.get comes from the leader. A passive declaration returns 0 for a queue without a leader
 * (rabbit_quorum_queue:stat/2). If it returns more than 0 it is correct, and saves a delivery, which would count
 * towards the delivery limit.
 */
const isEmpty = async (channel: Channel, queue: string): Promise<boolean> => {
  const { messageCount } = await channel.checkQueue(queue)
  if (messageCount > 0) return false
  const message = await channel.get(queue)
  if (message) channel.nack(message)
  return !message
}
