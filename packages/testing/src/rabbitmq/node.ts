/** A RabbitMQ node that a test may kill, pause and start again. */
export interface RabbitMqNode {
  /** The name of the Erlang node, as in rabbitmqctl. */
  readonly name: string
  readonly url: string
  /** The URL with TLS, if it has a certificate. */
  readonly tlsUrl: string
  /** The address of its metrics for Prometheus, as host and port. */
  readonly metricsAddress: string
  /** Its process. Null in a container, whose processes have other ids. */
  pid(): number | null
  /** Like `kill -9`. Confirmed messages are on disk. */
  kill(): Promise<void>
  /** Starts the killed node again, with its data and on the same ports. Resolves when it accepts connections. */
  start(): Promise<void>
  /** Like SIGSTOP: it keeps its connections, but is silent. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** Runs rabbitmqctl against the node; about two seconds. */
  ctl(...args: string[]): Promise<string>
}

export interface RabbitMqCluster {
  readonly nodes: readonly RabbitMqNode[]
  /** Kills the nodes and deletes their data. */
  stop(): Promise<void>
}
