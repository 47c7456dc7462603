import { TaskError } from './task-fault.ts'

/**
 * Postgres is unavailable, the message's rows are locked or can't be read, or the service is stopping. The message did
 * not cause the failure.
 */
export class Unavailable extends TaskError {
  override readonly name = 'Unavailable'

  constructor(message: string, options: ErrorOptions = {}) {
    super(message, { ...options, deferred: true })
  }
}
