/**
 * Handles the messages in the queue `<service>.dead`, which RabbitMQ itself has dead-lettered.
 *
 * A message whose consumer crashes repeatedly reaches the delivery limit of its queue, and so do other messages in that
 * consumer's prefetch. So each of them is returned to its queue once, with a header that marks it as a suspect, so that
 * the consumer can handle such messages one by one. A message that reaches the limit again becomes a dead letter.
 */
import type { ConsumeMessage } from 'amqplib'
import type { QueuedAt } from '../../broker.ts'
import type { ServiceTopology } from '../../topology.ts'
import type { Settling } from '../consumer/queue-channel.ts'
import { historyOf, lastDeadLettering } from '../headers.ts'
import type { Republisher } from '../retries/republisher.ts'
import { fromDelivery } from '../wire.ts'

export interface BrokerDeadLetterOptions {
  readonly topology: ServiceTopology
  readonly republisher: Republisher
  /** See `Stores`. */
  readonly onDropped: (dropped: QueuedAt) => void
}

/** Creates the handler for the dead-letter queue. */
export const createBrokerDeadLetterHandler = ({ topology, republisher, onDropped }: BrokerDeadLetterOptions) => {
  const { queues, deadLetterQueue, direct } = topology
  return (delivered: ConsumeMessage, settling: Settling): void => {
    const verdict = lastDeadLettering(delivered)
    const { reason } = verdict
    const queue = queues.find(({ name }) => name === verdict.queue)?.name
    if (reason === 'maxlen') {
      onDropped({ queue: String(verdict.queue), message: fromDelivery(delivered) })
      settling.ack()
      return
    }
    const history = historyOf(delivered, { direct, via: verdict.exchange })
    const original = { queue: queue ?? deadLetterQueue, delivered, history }
    const cause = { reason, error: new Error(`RabbitMQ dead-lettered it in ${original.queue}: ${reason}.`) }
    const copy =
      reason === 'delivery_limit' && queue !== undefined && !history.reachedLimit
        ? republisher.backToQueue
        : republisher.toDeadLetters
    settling.ackWhenSafe((signal) => copy(original, cause, signal))
  }
}
