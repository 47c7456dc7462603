/** AMQP 0-9-1, section 1.2 (reply codes). */
const replyCodes = { 'not-found': 404, 'precondition-failed': 406 }

/** True for an error with which RabbitMQ has closed a channel for this reason. */
export const isClosedBy = (reason: keyof typeof replyCodes, error: unknown): error is Error =>
  error instanceof Error && 'code' in error && error.code === replyCodes[reason]
