import type { LoggedOperation } from '../api/types.ts'

/** The outcome of an operation, in a word. Payment has done its part of a refund when it has asked the gateway, which may refuse it. */
export const shownOutcome = ({
  operation,
  outcome,
}: Pick<LoggedOperation, 'operation' | 'outcome'>): LoggedOperation['outcome'] =>
  operation === 'refund_request' && outcome === 'done' ? 'requested' : outcome
