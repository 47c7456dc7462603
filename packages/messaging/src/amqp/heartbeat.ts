/** The heartbeat of the connections, and the detection of lost ones. */
export interface Heartbeat {
  /** With the interval, which amqplib reads from the URL. */
  readonly url: string
  /** The time after which the broker must have detected the end of a connection, ms. Infinity if it is unknown. */
  readonly lossDetectionMs: number
}

/**
 * An interval in the URL, which an operator may set (https://www.rabbitmq.com/docs/uri-query-parameters), comes before
 * `defaultSeconds`. The broker detects a loss after two
 * intervals. An interval of 0 disables heartbeats, and then a loss may stay undetected.
 */
export const heartbeatOf = (url: string, defaultSeconds: number): Heartbeat => {
  const withQuery = new URL(url)
  if (!withQuery.searchParams.has('heartbeat')) withQuery.searchParams.set('heartbeat', String(defaultSeconds))
  const seconds = Number(withQuery.searchParams.get('heartbeat'))
  return { url: withQuery.href, lossDetectionMs: seconds > 0 ? 3_000 * seconds : Number.POSITIVE_INFINITY }
}
