/** What an error that a task throws may say about the outside that it asked for something. Any error may have these fields. */
export interface TaskFault {
  /**
   * True: the outside seems to answer nobody (no connection, no answer in time, an overload). False: it has answered, and the
   * failure concerns this task alone. Absent: unknown.
   */
  readonly outage?: boolean
  /** How long it asked us to wait, as by a Retry-After header, ms. */
  readonly retryAfterMs?: number
  /** False: the task was put off, as another worker has it in hand, say. Nothing was tried, and no attempt is counted. */
  readonly isAttempt?: boolean
}

/** Those of the fields that have values of the right types. */
export const taskFaultOf = (error: unknown): TaskFault => {
  if (!(error instanceof Error)) return {}
  const [outage, retryAfterMs, isAttempt]: unknown[] = ['outage', 'retryAfterMs', 'isAttempt'].map((field) =>
    Reflect.get(error, field),
  )
  return {
    ...(typeof isAttempt === 'boolean' && { isAttempt }),
    ...(typeof outage === 'boolean' && { outage }),
    ...(typeof retryAfterMs === 'number' && retryAfterMs >= 0 && { retryAfterMs }),
  }
}
