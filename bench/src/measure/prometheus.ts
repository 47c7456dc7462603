/** Figures from pages for Prometheus: of RabbitMQ, and of the product's processes. */

/** The sum of a metric over all of its labels. NaN if the page does not contain it. */
export const sumOf = (page: string, name: string): number => {
  const values = [...page.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'gm'))]
  return values.length === 0 ? Number.NaN : values.reduce((sum, [, value]) => sum + Number(value), 0)
}

const read = async (url: string): Promise<string> => (await fetch(url)).text()

export interface BrokerCounters {
  readonly published: number
  readonly delivered: number
  /** Bytes that the node received from all of its connections: messages, acknowledgements and frames. */
  readonly bytesIn: number
}

/** Null without a page. */
export const readBrokerCounters = async (metricsUrl: string | null): Promise<BrokerCounters | null> => {
  if (metricsUrl === null) return null
  const page = await read(metricsUrl)
  return {
    published: sumOf(page, 'rabbitmq_global_messages_received_total'),
    delivered: sumOf(page, 'rabbitmq_global_messages_delivered_total'),
    bytesIn: sumOf(page, 'erlang_vm_statistics_bytes_received_total'),
  }
}

export interface ServiceMetrics {
  /** Transactions that handled messages, since the start. */
  readonly batches: number
  /** Messages in them. */
  readonly messages: number
  /** The highest 99th percentile of the event-loop delay of a process, since its last reading, ms. */
  readonly loopDelayMs: number
}

/** Reads all processes at once. Null without processes, or if they have other metrics. */
export const readServiceMetrics = async (urls: readonly string[]): Promise<ServiceMetrics | null> =>
  urls.length === 0 ? null : combine(await Promise.all(urls.map((url) => read(`${url}/metrics`))))

export const combine = (pages: readonly string[]): ServiceMetrics | null => {
  const total = (name: string) => pages.reduce((sum, page) => sum + sumOf(page, name), 0)
  const [batches, messages] = [total('quadrille_batch_size_count'), total('quadrille_batch_size_sum')]
  if (!Number.isFinite(messages + batches)) return null
  const delays = pages.map((page) => sumOf(page, 'nodejs_eventloop_lag_p99_seconds') * 1_000)
  return { messages, batches, loopDelayMs: Math.max(...delays) }
}
