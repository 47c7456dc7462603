/** What the failure of a task says about the external system that the task called, such as a mail server. */
export interface TaskFault {
  /**
   * True: the system seems to answer no request at all (no connection, no answer in time, overload). False: it has answered, and
   * the failure concerns this task alone. Absent: unknown.
   */
  readonly outage?: boolean | undefined
  /** How long the system asked us to wait, as by a Retry-After header, ms. Negative numbers and NaN are ignored. */
  readonly retryAfterMs?: number | undefined
  /** False: the task was put off, for example because another worker is doing it. Nothing was tried, and no attempt is counted. */
  readonly isAttempt?: boolean | undefined
}

export interface TaskErrorOptions extends TaskFault, ErrorOptions {}

/**
 * The failure of a task with what it says about the external system. Adapters throw it, or a subclass of it. The circuit breaker
 * and the retries go by its fields; any other error tells them nothing.
 */
export class TaskError extends Error implements TaskFault {
  override readonly name: string = 'TaskError'
  readonly outage: boolean | undefined
  readonly retryAfterMs: number | undefined
  readonly isAttempt: boolean | undefined

  constructor(message: string, { outage, retryAfterMs, isAttempt, ...options }: TaskErrorOptions = {}) {
    super(message, options)
    this.outage = outage
    this.retryAfterMs = retryAfterMs !== undefined && retryAfterMs >= 0 ? retryAfterMs : undefined
    this.isAttempt = isAttempt
  }
}

/** What an error says about the external system: nothing, unless it is a TaskError. */
export const taskFaultOf = (error: unknown): TaskFault => (error instanceof TaskError ? error : {})
