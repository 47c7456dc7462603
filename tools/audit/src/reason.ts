import { faultOf } from '@quadrille/postgres'

/** The same error, whose message begins with the name of the service: the driver does not say which database it could not reach. */
export const ofService = (service: string, error: unknown): unknown => {
  if (error instanceof Error) error.message = `${service}: ${messageOf(error)}`
  return error
}

/** An AggregateError has no message of its own. It contains an error for each address of a host. */
export const reasonOf = (error: unknown): string => (error instanceof AggregateError ? messageOf(error) : String(error))

const messageOf = (error: Error): string =>
  error instanceof AggregateError && error.message === '' ? error.errors.join(', ') : error.message

/** Whether the error is that of Postgres, or of the connection to it. */
export const isOfDatabase = (error: unknown): boolean => faultOf(error) !== undefined
