/** What must hold of a choreography before it may be built: no message can end up where nobody handles it. */
import { catalog, type MessageType } from './catalog.ts'
import { type Choreography, publisherOf, type ServiceModel } from './choreography.ts'
import type { MessageKind } from './definition.ts'

/** The violations of a model, one sentence each; none means that it may be built. */
export const checkChoreography = (model: Choreography): string[] => {
  const services = Object.values(model)
  return [
    ...typesOf('event').flatMap((type) => checkEvent(type, services)),
    ...typesOf('task').flatMap((type) => checkOwner(type, services, 'does the task')),
    ...typesOf('internal').flatMap((type) => checkOwner(type, services, 'handles')),
    ...Object.entries(model).flatMap(([key, { name }]) => (key === name ? [] : [`${name} is filed under ${key}.`])),
    ...services.flatMap((service) => [
      ...checkKinds(service),
      ...checkConsumed(service, model),
      ...checkCompensations(service),
      ...checkOutcomes(service),
      ...checkQueues(service),
    ]),
  ]
}

const typesOf = (kind: MessageKind): MessageType[] =>
  Object.values(catalog)
    .filter((definition) => definition.kind === kind)
    .map(({ type }) => type)

const tasksOf = ({ work }: ServiceModel): MessageType[] => Object.keys(work?.tasks ?? {}) as MessageType[]

const checkEvent = (type: MessageType, services: readonly ServiceModel[]): string[] => {
  const publishers = services.filter(({ publishes }) => publishes.includes(type))
  const consumed = services.some(({ consumes }) => consumes.includes(type))
  return [
    ...(publishers.length === 1 ? [] : [`${type} has ${publishers.length} publishers; it needs exactly one.`]),
    ...(consumed ? [] : [`Nobody consumes ${type}.`]),
  ]
}

/** Tasks and internal messages stay within one service. */
const checkOwner = (type: MessageType, services: readonly ServiceModel[], does: string): string[] => {
  const owners = services.filter((service) => [...service.internal, ...tasksOf(service)].includes(type))
  if (owners.length === 0) return [`No service ${does} ${type}.`]
  return owners.length === 1
    ? []
    : [`${owners.map(({ name }) => name).join(' and ')}: only one service ${does} ${type}.`]
}

const checkKinds = (service: ServiceModel): string[] => {
  const wrong = (role: string, types: readonly MessageType[], kind: MessageKind) =>
    types
      .filter((type) => catalog[type].kind !== kind)
      .map((type) => `${service.name} ${role} ${type}, which is no ${kind}.`)
  return [
    ...wrong('publishes', service.publishes, 'event'),
    ...wrong('consumes', service.consumes, 'event'),
    ...wrong('is told from inside of', service.internal, 'internal'),
    ...wrong('has as a task', tasksOf(service), 'task'),
  ]
}

const checkConsumed = ({ name, consumes }: ServiceModel, model: Choreography): string[] =>
  consumes
    .filter((type) => !publisherOf(type, model))
    .map((type) => `${name} consumes ${type}, which nobody publishes.`)

const checkCompensations = (service: ServiceModel): string[] =>
  (service.compensates ?? [])
    .filter((type) => ![...service.consumes, ...tasksOf(service)].includes(type))
    .map((type) => `${service.name} is to compensate by ${type}, which it neither consumes nor has as a task.`)

const checkOutcomes = ({ name, work, internal }: ServiceModel): string[] =>
  Object.entries(work?.tasks ?? {}).flatMap(([task, outcomes]) =>
    outcomes
      .filter((outcome) => !internal.includes(outcome))
      .map((outcome) => `${name} does not handle ${outcome}, an outcome of ${task}.`),
  )

const checkQueues = ({ name, work }: ServiceModel): string[] => {
  if (!work || work.queues.length === 1 || (work.queues.length > 1 && work.fanout)) return []
  return [`${name} has ${work.queues.length} work queues; without a fanout it needs exactly one.`]
}
