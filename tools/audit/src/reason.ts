import { faultOf } from '@quadrille/postgres'

/** An AggregateError has no message of its own. It contains an error for each address of a host. */
export const reasonOf = (error: unknown): string =>
  String(error instanceof AggregateError ? error.errors.join(', ') : error)

/** Whether the error is that of Postgres, or of the connection to it. */
export const isOfDatabase = (error: unknown): boolean => faultOf(error) !== undefined
