/** The heartbeat of the connections, and the detection of lost ones. */
export interface Heartbeat {
  /** With the interval, which amqplib reads from the URL. */
  readonly url: string
  /** The time after which the broker is assumed to have detected the end of a connection, ms. */
  readonly lossDetectionMs: number
}

/** Without heartbeats the operating system detects a loss, in a time that is unknown here, ms. */
const withoutHeartbeatsMs = 180_000

/**
 * An interval in the URL, which an operator may set (https://www.rabbitmq.com/docs/uri-query-parameters), comes before
 * `defaultSeconds`; 0 disables heartbeats. The broker detects a loss after two intervals, so after three it is assumed to have
 * done so.
 */
export const heartbeatOf = (url: string, defaultSeconds: number): Heartbeat => {
  const withQuery = new URL(url)
  if (!withQuery.searchParams.has('heartbeat')) withQuery.searchParams.set('heartbeat', String(defaultSeconds))
  const seconds = Number.parseInt(withQuery.searchParams.get('heartbeat') ?? '', 10) // like amqplib
  return { url: withQuery.href, lossDetectionMs: seconds > 0 ? 3_000 * seconds : withoutHeartbeatsMs }
}
