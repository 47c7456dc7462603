/** What must hold of a choreography before it may be built. */
import { catalog, type MessageType } from './catalog.ts'
import { type Choreography, publisherOf, type ServiceModel } from './choreography.ts'
import type { Lifecycle } from './lifecycle.ts'

/** The violations of a model, one sentence each; none means that no message can end up where nobody handles it. */
export const checkChoreography = (model: Choreography): string[] => {
  const services = Object.values(model)
  const ofKind = (kind: string) =>
    Object.values(catalog)
      .filter((definition) => definition.kind === kind)
      .map(({ type }) => type)
  const told = (type: MessageType) => services.some(({ internal }) => internal.includes(type))
  const worked = (type: MessageType) => services.some(({ work }) => work && Object.hasOwn(work.tasks, type))
  return [
    ...ofKind('event').flatMap((type) => checkEvent(type, model)),
    ...ofKind('task').flatMap((type) => (worked(type) ? [] : [`No service does the task ${type}.`])),
    ...ofKind('internal').flatMap((type) => (told(type) ? [] : [`No service handles ${type}.`])),
    ...services.flatMap(checkOutcomes),
    ...services.flatMap((service) => checkEssential(service, model)),
  ]
}

const checkEvent = (type: MessageType, model: Choreography): string[] => {
  const publishers = Object.values(model).filter(({ publishes }) => publishes.includes(type))
  const consumed = Object.values(model).some(({ consumes }) => consumes.includes(type))
  return [
    ...(publishers.length === 1 ? [] : [`${type} has ${publishers.length} publishers; it needs exactly one.`]),
    ...(consumed ? [] : [`Nobody consumes ${type}.`]),
  ]
}

const checkOutcomes = ({ name, work, internal }: ServiceModel): string[] =>
  Object.entries(work?.tasks ?? {}).flatMap(([task, outcomes]) =>
    (outcomes ?? [])
      .filter((outcome) => !internal.includes(outcome))
      .map((outcome) => `${name} does not handle ${outcome}, an outcome of ${task}.`),
  )

const checkEssential = ({ name, consumes }: ServiceModel, model: Choreography): string[] =>
  consumes
    .filter((type) => !publisherOf(type, model))
    .map((type) => `${name} consumes ${type}, which nobody publishes.`)

/** The violations of a lifecycle: every state that isn't terminal can be left, reached from the start, and leads to a terminal one. */
export const checkLifecycle = (lifecycle: Lifecycle, start: string): string[] => {
  const states = Object.keys(lifecycle)
  const exits = (state: string) => [...new Set(Object.values(lifecycle[state] ?? {}))].filter((next) => next !== state)
  const reachable = reach(start, exits)
  return [
    ...states
      .filter((state) => lifecycle[state] && exits(state).length === 0)
      .map((state) => `The state ${state} has no exit.`),
    ...states
      .filter((state) => !reachable.has(state))
      .map((state) => `The state ${state} can't be reached from ${start}.`),
    ...states
      .filter((state) => ![...reach(state, exits)].some((end) => lifecycle[end] === null))
      .map((state) => `No terminal state can be reached from ${state}.`),
  ]
}

const reach = (start: string, exits: (state: string) => string[]): Set<string> => {
  const seen = new Set([start])
  for (const state of seen) for (const next of exits(state)) seen.add(next)
  return seen
}

/** The violations of a service's handlers against its model: each message that it is to handle has exactly one handler, and no other has. */
export const checkHandlers = (
  service: ServiceModel,
  handled: { reactions: readonly MessageType[]; tasks: readonly MessageType[] },
): string[] => {
  const compare = (kind: string, expected: readonly MessageType[], found: readonly MessageType[]) => [
    ...expected.filter((type) => !found.includes(type)).map((type) => `${service.name} has no ${kind} for ${type}.`),
    ...found
      .filter((type) => !expected.includes(type))
      .map((type) => `${service.name} has a ${kind} for ${type}, which its model lacks.`),
    ...found
      .filter((type, index) => found.indexOf(type) !== index)
      .map((type) => `${service.name} has two ${kind}s for ${type}.`),
  ]
  return [
    ...compare('reaction', [...service.consumes, ...service.internal], handled.reactions),
    ...compare('task', Object.keys(service.work?.tasks ?? {}) as MessageType[], handled.tasks),
  ]
}
