/** Whether RabbitMQ has answered that there is no such thing. AMQP 0-9-1, section 1.2 (reply codes): 404 not-found. */
export const isNotFound = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 404
