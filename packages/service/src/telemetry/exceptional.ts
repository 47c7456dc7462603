/** The age from which a message is late, s. */
const lateAfterSeconds = 10

export interface Handling {
  /** 1 for the first attempt. */
  readonly attempt: number
  readonly ageSeconds: number
}

/** Whether a message is recorded although its cause is not. */
export const isExceptional = ({ attempt, ageSeconds }: Handling): boolean =>
  attempt > 1 || ageSeconds > lateAfterSeconds
