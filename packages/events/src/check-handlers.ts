/** What must hold between a service's code and its model. */
import type { MessageType } from './catalog.ts'
import { type ServiceModel, takenIn } from './choreography.ts'

/** The message types for which a service has reactions and tasks, as its wiring lists them. */
export interface Handlers {
  readonly reactions: readonly MessageType[]
  readonly tasks: readonly MessageType[]
}

/** The violations, one sentence each: each message that a service is to handle has exactly one handler, and no other has. */
export const checkHandlers = (service: ServiceModel, { reactions, tasks }: Handlers): string[] => {
  const { name, internal, work } = service
  const compare = (kind: string, expected: readonly string[], found: readonly string[]) => [
    ...expected.filter((type) => !found.includes(type)).map((type) => `${name} has no ${kind} for ${type}.`),
    ...found
      .filter((type) => !expected.includes(type))
      .map((type) => `${name} has a ${kind} for ${type}, which its model lacks.`),
    ...new Set(
      found
        .filter((type, index) => found.indexOf(type) !== index)
        .map((type) => `${name} has more than one ${kind} for ${type}.`),
    ),
  ]
  return [
    ...compare('reaction', [...takenIn(service), ...internal], reactions),
    ...compare('task', Object.keys(work?.tasks ?? {}), tasks),
  ]
}
