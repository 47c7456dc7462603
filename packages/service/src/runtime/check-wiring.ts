/** Compares the wiring of a service with its model. */
import { checkHandlers, type MessageType, type ServiceModel } from '@quadrille/events'
import type { Task } from '../delivery/task.ts'
import type { ServiceDefinition, Wiring } from './define.ts'

/** @throws one error that names each reaction or task that the model lists and the service lacks, or the reverse. */
export const checkWiring = <State, Config>(
  { model, reactions }: ServiceDefinition<State, Config>,
  { work = {} }: Wiring,
  workQueues: readonly string[],
): void => {
  const types = reactions.map(({ type }) => type)
  const queues = new Set([...workQueues, ...Object.keys(work)])
  const violations = [
    ...Object.keys(work)
      .filter((queue) => !workQueues.includes(queue))
      .map((queue) => `${model.name} has tasks for ${queue}, a queue which its configuration doesn't serve.`),
    ...(queues.size === 0 ? checkHandlers(model, { reactions: types, tasks: [] }) : []),
    ...[...queues].flatMap((queue) => checkQueue(model, { queue, types, tasks: work[queue] ?? [] })),
  ]
  if (violations.length > 0) throw new Error([...new Set(violations)].join('\n'))
}

interface Queue {
  readonly queue: string
  readonly types: readonly MessageType[]
  readonly tasks: readonly Task[]
}

/** Each work queue of a service gets all of its tasks. */
const checkQueue = (model: ServiceModel, { queue, types, tasks }: Queue): string[] => [
  ...(model.work?.queues.includes(queue)
    ? []
    : [`${model.name} has tasks for ${queue}, a queue which its model lacks.`]),
  ...checkHandlers(model, { reactions: types, tasks: tasks.map(({ type }) => type) }).map(
    (line) => `${queue}: ${line}`,
  ),
]
