/** A message that a fault has put into a service's inbox, and that must be found among its dead letters. */
export interface BadMessage {
  readonly service: string
  readonly messageId: string
  /** Why it must be parked. */
  readonly reason: string
  readonly body: Buffer
}
