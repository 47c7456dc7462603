/** Counters of a RabbitMQ node, from its page for Prometheus. */
import { sumOf } from './prometheus.ts'

export interface BrokerCounters {
  readonly published: number
  readonly delivered: number
  /** Bytes that the node received from all of its connections: messages, acknowledgements and frames. */
  readonly bytesIn: number
}

/** Null without a page. */
export const readBrokerCounters = async (metricsUrl: string | null): Promise<BrokerCounters | null> => {
  if (metricsUrl === null) return null
  const page = await (await fetch(metricsUrl)).text()
  return {
    published: sumOf(page, 'rabbitmq_global_messages_received_total'),
    delivered: sumOf(page, 'rabbitmq_global_messages_delivered_total'),
    bytesIn: sumOf(page, 'erlang_vm_statistics_bytes_received_total'),
  }
}
