/** Checks a choreography at build time: every message must reach a service that handles it. */
import { findCycles } from './causality.ts'
import { checkServiceNames, checkTypeNames } from './check-names.ts'
import { checkSchemas } from './check-schemas.ts'
import { type Choreography, consumersOf, inboxTypes, publisherOf, type ServiceModel } from './choreography.ts'
import type { Catalog, MessageKind } from './definition.ts'
import type { Language } from './language.ts'
import type { Questions } from './question.ts'

/** The violations of a model, one sentence each. Empty if the model is valid. */
export const checkChoreography = ({
  messages,
  questions,
  services,
  subject,
}: Pick<Language, 'messages' | 'questions' | 'services' | 'subject'>): string[] => {
  const models = Object.values(services)
  const typesOf = (kind: MessageKind) => Object.keys(messages).filter((type) => messages[type]?.kind === kind)
  return [
    ...checkKeys(messages),
    ...checkKeys(questions),
    ...checkTypeNames([...Object.keys(messages), ...Object.keys(questions)]),
    ...checkSchemas({ messages, questions, subject }),
    ...Object.keys(questions).flatMap((type) => checkQuestion(type, models)),
    ...typesOf('event').flatMap((type) => checkEvent(type, models)),
    ...typesOf('task').flatMap((type) => checkOwner(type, models, `the task ${type}`)),
    ...typesOf('internal').flatMap((type) => checkOwner(type, models, type)),
    ...Object.entries(services).flatMap(([key, { name }]) => (key === name ? [] : [`The key of ${name} is ${key}.`])),
    ...models.flatMap((service) => [
      ...checkServiceNames(service),
      ...checkKinds(service, messages),
      ...checkConsumers(service, services),
      ...service.consumes
        .filter((type) => !publisherOf(type, services))
        .map((type) => `${service.name} consumes ${type}, which no service publishes.`),
      ...checkCauses(service),
      ...checkCompensations(service),
      ...checkOutcomes(service),
      ...checkQueues(service),
      ...checkQuestionsOf(service, questions),
    ]),
    ...findCycles({ messages, services }).map(
      (cycle) => `One request may cause messages without end: ${cycle.join(' causes ')}.`,
    ),
  ]
}

const checkKeys = (definitions: Readonly<Record<string, { readonly type: string }>>): string[] =>
  Object.entries(definitions).flatMap(([key, { type }]) => (key === type ? [] : [`The key of ${type} is ${key}.`]))

const tasksOf = ({ work }: ServiceModel): string[] => Object.keys(work?.tasks ?? {})

const checkEvent = (type: string, services: readonly ServiceModel[]): string[] => {
  const publishers = services.filter(({ publishes }) => publishes.includes(type))
  const consumed = services.some(({ consumes }) => consumes.includes(type))
  return [
    ...(publishers.length === 1 ? [] : [`${type} has ${publishers.length} publishers; it needs exactly one.`]),
    ...(consumed ? [] : [`No service consumes ${type}.`]),
  ]
}

/** The queue of a consumer that is not essential may not exist. An event without a queue is returned, and waits in the outbox. */
const checkConsumers = (service: ServiceModel, services: Choreography): string[] => {
  const consumers = consumersOf(service, services)
  return consumers.length === 0 || consumers.some(({ essential }) => essential)
    ? []
    : [`${service.name} publishes events, but no essential service consumes any of them.`]
}

const checkQuestion = (type: string, services: readonly ServiceModel[]): string[] => {
  const answering = services.filter(({ answers = [] }) => answers.includes(type))
  const isAsked = services.some(({ asks = [] }) => asks.includes(type))
  return [
    ...(answering.length === 1 ? [] : [`${answering.length} services answer ${type}; exactly one must.`]),
    ...(isAsked ? [] : [`No service asks ${type}.`]),
  ]
}

const checkQuestionsOf = ({ name, answers = [], asks = [] }: ServiceModel, questions: Questions): string[] => [
  ...[...answers, ...asks]
    .filter((type) => !Object.hasOwn(questions, type))
    .map((type) => `${name} lists ${type} under answers or asks, but the language has no such question.`),
  ...asks.filter((type) => answers.includes(type)).map((type) => `${name} asks itself ${type}.`),
]

/** Tasks and internal messages stay within one service. */
const checkOwner = (type: string, services: readonly ServiceModel[], label: string): string[] => {
  const owners = services.filter((service) => [...service.internal, ...tasksOf(service)].includes(type))
  if (owners.length === 0) return [`No service handles ${label}.`]
  return owners.length === 1
    ? []
    : [`${owners.map(({ name }) => name).join(' and ')} handle ${label}; only one service may.`]
}

const checkKinds = (service: ServiceModel, messages: Catalog): string[] => {
  const wrong = (list: string, types: readonly string[], kind: MessageKind) =>
    types
      .filter((type) => messages[type]?.kind !== kind)
      .map(
        (type) => `${service.name} lists ${type} under ${list}, which may contain only messages of the kind ${kind}.`,
      )
  return [
    ...wrong('publishes', service.publishes, 'event'),
    ...wrong('consumes', service.consumes, 'event'),
    ...wrong('internal', service.internal, 'internal'),
    ...wrong('tasks', tasksOf(service), 'task'),
  ]
}

const checkCauses = (service: ServiceModel): string[] => {
  const { name, causes = {}, internal, publishes } = service
  const handled = new Set([...inboxTypes(service), ...internal])
  const sent = [...publishes, ...tasksOf(service)]
  const caused = new Set(Object.values(causes).flatMap((types = []) => types))
  return [
    ...Object.keys(causes)
      .filter((type) => !handled.has(type))
      .map((type) => `${name} lists ${type} under causes, but does not handle it.`),
    ...[...caused]
      .filter((type) => !sent.includes(type))
      .map((type) => `${name} lists ${type} as an effect, but neither publishes it nor has it as a task.`),
    ...sent.filter((type) => !caused.has(type)).map((type) => `No message causes ${type} of ${name}.`),
  ]
}

/** The violations of `compensates` in the model of one service, one sentence each. */
export const checkCompensations = (service: ServiceModel): string[] =>
  (service.compensates ?? [])
    .filter((type) => ![...service.consumes, ...tasksOf(service)].includes(type))
    .map((type) => `${service.name} lists ${type} under compensates, but neither consumes it nor has it as a task.`)

const checkOutcomes = ({ name, work, internal }: ServiceModel): string[] =>
  Object.entries(work?.tasks ?? {}).flatMap(([task, outcomes = []]) =>
    outcomes
      .filter((outcome) => !internal.includes(outcome))
      .map((outcome) => `${name} does not handle ${outcome}, an outcome of ${task}.`),
  )

const checkQueues = ({ name, work }: ServiceModel): string[] => {
  if (!work || work.queues.length === 1 || (work.queues.length > 1 && work.fanout)) return []
  return [`${name} has ${work.queues.length} work queues; without a fanout it needs exactly one.`]
}
