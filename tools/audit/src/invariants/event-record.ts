/** An event in a history. */
export interface EventRecord {
  readonly type: string
  /** The reason of a cancellation, or channel and occasion of a notification; otherwise empty. */
  readonly about: string
}
