/** Messages on the wire, and where they are published to. */

/** Where a message is published to. A fanout exchange ignores the routing key. */
export interface Address {
  readonly exchange: string
  readonly routingKey: string
}

/** A message on the wire: the body is what counts, the rest repeats it for brokers and tools. */
export interface WireMessage {
  readonly id: string
  readonly type: string
  readonly correlationId: string
  /** The service that sent it. */
  readonly appId: string
  readonly contentType: string
  readonly timestamp: Date
  readonly body: Uint8Array
  /** JSON. Those with which brokers, and we, mark retries and dead letters are not among them. */
  readonly headers: Readonly<Record<string, unknown>>
}
