/** The heartbeat of the connections, and the detection of lost ones. */
export interface Heartbeat {
  /** With the interval, which amqplib reads from the URL. */
  readonly url: string
  /** The time after which the broker is assumed to have detected the end of a connection, ms. */
  readonly lossDetectionMs: number
}

const defaultSeconds = '10'

/** The longest time that is waited, also without heartbeats: then the broker may never notice the loss, ms. */
const maxMs = 180_000

/**
 * An interval in the URL, which an operator may set (https://www.rabbitmq.com/docs/uri-query-parameters), comes before
 * the default of 10 s; 0 disables heartbeats. The broker closes a connection between two and three intervals after the last data
 * (rabbit_heartbeat.erl), and then returns its deliveries; so a loss counts as detected after four.
 */
export const heartbeatOf = (url: string): Heartbeat => {
  const withQuery = new URL(url)
  if (!withQuery.searchParams.has('heartbeat')) withQuery.searchParams.set('heartbeat', defaultSeconds)
  const seconds = Number.parseInt(withQuery.searchParams.get('heartbeat') ?? '', 10) // like amqplib
  return { url: withQuery.href, lossDetectionMs: seconds > 0 ? Math.min(4_000 * seconds, maxMs) : maxMs }
}
