/** Messages on the wire, and their addresses. */

/** The address of a message. A fanout exchange ignores the routing key. */
export interface Address {
  readonly exchange: string
  readonly routingKey: string
}

/** A message on the wire. The body is authoritative; the other fields repeat it for brokers and tools. */
export interface WireMessage {
  readonly id: string
  readonly type: string
  readonly correlationId: string
  /** The service that sent it. */
  readonly appId: string
  readonly contentType: string
  readonly timestamp: Date
  readonly body: Uint8Array
  /** JSON. Excludes the headers with which brokers and this package mark retries and dead letters. */
  readonly headers: Readonly<Record<string, unknown>>
}
