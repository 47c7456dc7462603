/** The errors of all addresses of a host have no common message. */
export const reasonOf = (error: unknown): string =>
  String(error instanceof AggregateError ? error.errors.join(', ') : error)
