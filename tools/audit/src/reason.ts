/** An attempt at each address of a host that fails has no message of its own. */
export const reasonOf = (error: unknown): string =>
  String(error instanceof AggregateError ? error.errors.join(', ') : error)
