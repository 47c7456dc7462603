/** The age from which a message is late, s. */
const lateAfterSeconds = 10

export interface Handling {
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly ageSeconds: number
}

/** True for a retried or late message. It is recorded even if its cause is not. */
export const isExceptional = ({ attempt, ageSeconds }: Handling): boolean =>
  attempt > 1 || ageSeconds > lateAfterSeconds
