/** A RabbitMQ node that a test may kill, pause and start again. */
export interface RabbitMqNode {
  /** Of the Erlang node, as rabbitmqctl shows it. */
  readonly name: string
  readonly url: string
  /** Where it takes connections with TLS, if it has a certificate. */
  readonly tlsUrl: string
  /** Where it shows its metrics to Prometheus, as host and port. */
  readonly metricsAddress: string
  /** Like `kill -9`. What was confirmed is on the disk. */
  kill(): Promise<void>
  /** Starts the killed node again, with its data and on the same ports. Resolves when it takes connections. */
  start(): Promise<void>
  /** Like SIGSTOP: it keeps its connections, and says nothing. */
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
