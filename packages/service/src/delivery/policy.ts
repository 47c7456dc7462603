/** Handlers and policies. A handler handles deliveries; a policy wraps a handler, like middleware. */
import type { Incoming } from './incoming.ts'
import type { Outcome } from './outcome.ts'

/** Handles a batch once. Resolves with an outcome for each delivery, in their order. */
export type Handle = (batch: readonly Incoming[]) => Promise<readonly Outcome[]>

/** Wraps a handler: selects the deliveries that it gets, or changes their outcomes. */
export type Policy = (next: Handle) => Handle

/** The first policy is the outermost. */
export const withPolicies = (policies: readonly Policy[], handle: Handle): Handle =>
  policies.reduceRight((next, policy) => policy(next), handle)

/** Uses the outcome of `early` for the deliveries for which it returns one. `next` handles the others. */
export const answerEarly = async (
  batch: readonly Incoming[],
  early: (incoming: Incoming, index: number) => Outcome | undefined,
  next: Handle,
): Promise<readonly Outcome[]> => {
  const answered = batch.map(early)
  if (answered.every((outcome) => outcome === undefined)) return next(batch)
  const rest = batch.filter((_, index) => answered[index] === undefined)
  const handled = (rest.length > 0 ? await next(rest) : []).values()
  return answered.map((outcome) => outcome ?? nextOf(handled))
}

/** Handles the batch, and then calls `visit` with each delivery and its outcome. */
export const visitOutcomes = async (
  batch: readonly Incoming[],
  next: Handle,
  visit: (incoming: Incoming, outcome: Outcome) => void,
): Promise<readonly Outcome[]> => {
  const outcomes = await next(batch)
  const each = outcomes.values()
  for (const incoming of batch) visit(incoming, nextOf(each))
  return outcomes
}

export const handleOne = async (incoming: Incoming, next: Handle): Promise<Outcome> =>
  nextOf((await next([incoming])).values())

const nextOf = (outcomes: Iterator<Outcome>): Outcome => {
  const { value, done } = outcomes.next()
  if (done) throw new Error('A handler returned fewer outcomes than it got deliveries.')
  return value
}
