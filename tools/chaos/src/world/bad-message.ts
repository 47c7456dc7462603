/** A message that a fault has put into a service's inbox, and that must become a dead letter. */
export interface BadMessage {
  readonly service: string
  readonly messageId: string
  /** The reason with which it must be parked. */
  readonly reason: string
  readonly body: Buffer
}
