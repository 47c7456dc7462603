import { IllegalOperationError } from 'amqplib'

/** For calls on a channel or connection that may be closed. @throws any other error. */
export const ignoreClosed = (error: unknown): void => {
  if (!(error instanceof IllegalOperationError)) throw error
}
