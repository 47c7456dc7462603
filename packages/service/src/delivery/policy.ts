/** How deliveries are handled: a handler at the core, and policies around it, each a function from handler to handler. */
import type { Incoming } from './incoming.ts'
import type { Outcome } from './outcome.ts'

/** Handles a batch once. Resolves with an outcome for each delivery, in their order. */
export type Handle = (batch: readonly Incoming[]) => Promise<readonly Outcome[]>

/** Surrounds a handler: decides which deliveries it gets, or looks at their outcomes. */
export type Policy = (next: Handle) => Handle

/** The first policy is the outermost. */
export const withPolicies = (policies: readonly Policy[], handle: Handle): Handle =>
  policies.reduceRight((next, policy) => policy(next), handle)

/** `next` handles the deliveries for which `early` returns no outcome. */
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

/** Handles the batch, and lets `decide` turn each outcome into another one. */
export const decideAfter = async (
  batch: readonly Incoming[],
  next: Handle,
  decide: (incoming: Incoming, outcome: Outcome) => Outcome,
): Promise<readonly Outcome[]> => {
  const outcomes = (await next(batch)).values()
  return batch.map((incoming) => decide(incoming, nextOf(outcomes)))
}

const nextOf = (outcomes: Iterator<Outcome>): Outcome => {
  const { value, done } = outcomes.next()
  if (done) throw new Error('A handler returned fewer outcomes than it got deliveries.')
  return value
}
