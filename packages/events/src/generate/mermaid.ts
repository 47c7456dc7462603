/** Diagrams in Mermaid's language (https://mermaid.js.org), as GitHub shows them. */
import type { MessageType } from '../catalog.ts'
import { type Choreography, publisherOf, type ServiceModel } from '../choreography.ts'
import type { Lifecycle } from '../lifecycle.ts'

/** Who says what to whom: a box for each service, an arrow for each pair. */
export const flowchart = (model: Choreography): string => {
  const services = Object.values(model)
  const arrows = services.flatMap((source) =>
    services.flatMap((target) => {
      const types = source.publishes.filter((type) => target.consumes.includes(type))
      return types.length === 0 ? [] : [`${source.name} -- "${types.join('<br/>')}" --> ${target.name}`]
    }),
  )
  return diagram('flowchart LR', [...services.map(({ name }) => `${name}([${name}])`), ...arrows])
}

interface Told {
  readonly model: Choreography
  readonly lifecycle: Lifecycle
  /** The state of a new order. */
  readonly start: string
}

/** One story, step by step: an event goes to each of its consumers; a task and its outcome stay within a service. */
export const sequence = (steps: readonly MessageType[], { model, lifecycle, start }: Told): string => {
  let status = start
  const lines = steps.flatMap((type) => {
    const next = lifecycle[status]?.[type]
    const change = next ? [`Note over order: ${status} → ${next}`] : []
    status = next ?? status
    return [...arrowsOf(type, model), ...change]
  })
  return diagram('sequenceDiagram', [...Object.keys(model).map((name) => `participant ${name}`), ...lines])
}

const arrowsOf = (type: MessageType, model: Choreography): string[] => {
  const services = Object.values(model)
  const publisher = publisherOf(type, model)
  if (!publisher)
    return services.filter((service) => keepsInside(service, type)).map(({ name }) => `${name}->>${name}: ${type}`)
  return services
    .filter(({ consumes }) => consumes.includes(type))
    .map(({ name }) => `${publisher.name}->>${name}: ${type}`)
}

const keepsInside = ({ internal, work }: ServiceModel, type: MessageType): boolean =>
  internal.includes(type) || Object.hasOwn(work?.tasks ?? {}, type)

/** The states and what leads from one to the next. */
export const stateDiagram = (lifecycle: Lifecycle, start: string): string => {
  const arrows = Object.entries(lifecycle).flatMap(([state, exits]) => {
    if (!exits) return [`${state} --> [*]`]
    const targets = [...new Set(Object.values(exits))]
    return targets.map((target) => `${state} --> ${target}: ${triggers(exits, target).join(', ')}`)
  })
  return diagram('stateDiagram-v2', [`[*] --> ${start}`, ...arrows])
}

const triggers = (exits: Partial<Record<MessageType, string>>, target: string): string[] =>
  Object.entries(exits).flatMap(([type, next]) => (next === target ? [type] : []))

const diagram = (kind: string, lines: readonly string[]): string =>
  ['```mermaid', kind, ...lines.map((line) => `  ${line}`), '```'].join('\n')
