/** A message that a fault has published to a service's inbox. It must become a dead letter. */
export interface BadMessage {
  readonly service: string
  readonly messageId: string
  /** The expected reason of the dead letter. */
  readonly reason: string
  readonly body: Buffer
}
