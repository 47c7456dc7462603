/** Checks the states of a subject for dead ends. */
import type { ServiceModel } from './choreography.ts'
import type { Lifecycle } from './lifecycle.ts'

/**
 * The violations of a lifecycle, one sentence each. Every state must be reachable from the start. Every non-terminal
 * state must have a transition to another state, and lead to a terminal one. `owner` must receive each message that
 * causes a transition.
 */
export const checkLifecycle = (lifecycle: Lifecycle, start: string, owner?: ServiceModel): string[] => {
  const states = Object.keys(lifecycle)
  const successors = (state: string) =>
    Object.values(lifecycle[state] ?? {}).flatMap((next) => (next === undefined || next === state ? [] : [next]))
  const reachable = reach(start, successors)
  const canEnd = (state: string) => [...reach(state, successors)].some((next) => lifecycle[next] === null)
  return [
    ...[...reachable].filter((state) => !states.includes(state)).map((state) => `The state ${state} is not defined.`),
    ...states
      .filter((state) => lifecycle[state] && successors(state).length === 0)
      .map((state) => `The state ${state} has no transition to another state.`),
    ...states
      .filter((state) => !reachable.has(state))
      .map((state) => `The state ${state} cannot be reached from ${start}.`),
    ...states.filter((state) => !canEnd(state)).map((state) => `No terminal state can be reached from ${state}.`),
    ...(owner ? checkTriggers(lifecycle, owner) : []),
  ]
}

const checkTriggers = (lifecycle: Lifecycle, { name, consumes, internal }: ServiceModel): string[] =>
  Object.entries(lifecycle).flatMap(([state, transitions]) =>
    Object.keys(transitions ?? {})
      .filter((type) => !consumes.includes(type) && !internal.includes(type))
      .map((type) => `${name} does not receive ${type}, which causes a transition from ${state}.`),
  )

/** The start and all states that follow from it. The loop over the Set also visits values that are added during it. */
const reach = (start: string, successors: (state: string) => string[]): Set<string> => {
  const seen = new Set([start])
  for (const state of seen) for (const next of successors(state)) seen.add(next)
  return seen
}
