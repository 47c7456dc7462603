/** Facts about the external system, such as a mail server, that a failed task reports. */
export interface TaskFault {
  /**
   * True: the system appears to be down (no connection, a timeout, overload). False: it has responded, and the failure
   * concerns this task only. Absent: unknown.
   */
  readonly outage?: boolean | undefined
  /** The delay that the system requested, for example in a Retry-After header, ms. Negative numbers and NaN are ignored. */
  readonly retryAfterMs?: number | undefined
  /**
   * The failure may concern this task only, so its attempts are limited, even if the system appears to be down. In that case only
   * failures of five subjects in a row open the circuit breaker. From the fifth on they are not counted, until the breaker has been
   * open for a day, unless the task gives up (`GivenUp`).
   */
  readonly limited?: boolean | undefined
}

export interface TaskErrorOptions extends TaskFault, ErrorOptions {}

/**
 * The failure of a task, with facts about the external system. Adapters throw it or a subclass. The circuit breaker and
 * the retries use its fields. Other errors have no such facts.
 */
export class TaskError extends Error implements TaskFault {
  override readonly name: string = 'TaskError'
  readonly outage: boolean | undefined
  readonly retryAfterMs: number | undefined
  readonly limited: boolean | undefined

  constructor(message: string, { outage, retryAfterMs, limited, ...options }: TaskErrorOptions = {}) {
    super(message, options)
    this.outage = outage
    this.retryAfterMs = retryAfterMs !== undefined && retryAfterMs >= 0 ? retryAfterMs : undefined
    this.limited = limited
  }
}

/** The facts in an error. Empty unless it is a TaskError. */
export const taskFaultOf = (error: unknown): TaskFault => (error instanceof TaskError ? error : {})
