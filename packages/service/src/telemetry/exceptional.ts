/** From which age on a message is late, s. */
const lateAfterSeconds = 10

export interface Handled {
  /** 1 for the first time. */
  readonly attempt: number
  readonly ageSeconds: number
}

/** Whether a message is recorded although what caused it is not. */
export const isExceptional = ({ attempt, ageSeconds }: Handled): boolean => attempt > 1 || ageSeconds > lateAfterSeconds
