import { TaskError } from './task-fault.ts'

/** Postgres is away, the message's rows are locked or can't be read, or the service is stopping: the message is not at fault. */
export class Unavailable extends TaskError {
  override readonly name = 'Unavailable'

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { ...options, isAttempt: false, retryAfterMs: 5_000 })
  }
}
