/** An event in a history. */
export interface EventRecord {
  readonly type: string
  /** The reason of a cancellation, or the channel and occasion of a notification. Otherwise empty. */
  readonly about: string
}
