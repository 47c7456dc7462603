/** An event in a history. */
export interface EventRecord {
  readonly type: string
  /** The reason of a cancellation, the channel and occasion of a notification, or the time of a parcel. Otherwise empty. */
  readonly about: string
}
