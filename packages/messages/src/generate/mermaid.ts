/** Diagrams in Mermaid's language (https://mermaid.js.org), as GitHub renders them. */
import { type Choreography, publisherOf, type ServiceModel } from '../choreography.ts'
import type { Lifecycle } from '../lifecycle.ts'

/** The events between services: a box per service, an arrow per pair. */
export const flowchart = (services: Choreography): string => {
  const models = Object.values(services)
  const arrows = models.flatMap((source) =>
    models.flatMap((target) => {
      const types = source.publishes.filter((type) => target.consumes.includes(type))
      return types.length === 0 ? [] : [`${source.name} -- "${types.join('<br/>')}" --> ${target.name}`]
    }),
  )
  return diagram('flowchart LR', [...models.map(({ name }) => `${name}([${name}])`), ...arrows])
}

interface SequenceOptions {
  readonly services: Choreography
  readonly lifecycle: Lifecycle
  /** The first state. */
  readonly start: string
  /** The service that owns the state. */
  readonly owner: string
}

/**
 * One scenario as a sequence diagram: an event goes to each of its consumers; a task and its outcome stay within a
 * service.
 */
export const sequence = (steps: readonly string[], { services, lifecycle, start, owner }: SequenceOptions): string => {
  let status = start
  const lines = steps.flatMap((type) => {
    const next = lifecycle[status]?.[type]
    const change = next ? [`Note over ${owner}: ${status} → ${next}`] : []
    status = next ?? status
    return [...arrowsOf(type, services), ...change]
  })
  return diagram('sequenceDiagram', [...Object.keys(services).map((name) => `participant ${name}`), ...lines])
}

const arrowsOf = (type: string, services: Choreography): string[] => {
  const models = Object.values(services)
  const publisher = publisherOf(type, services)
  if (!publisher)
    return models.filter((service) => isInternalTo(service, type)).map(({ name }) => `${name}->>${name}: ${type}`)
  return models
    .filter(({ consumes }) => consumes.includes(type))
    .map(({ name }) => `${publisher.name}->>${name}: ${type}`)
}

const isInternalTo = ({ internal, work }: ServiceModel, type: string): boolean =>
  internal.includes(type) || Object.hasOwn(work?.tasks ?? {}, type)

/** The states, and the messages that lead from one to the next. */
export const stateDiagram = (lifecycle: Lifecycle, start: string): string => {
  const arrows = Object.entries(lifecycle).flatMap(([state, exits]) => {
    if (!exits) return [`${state} --> [*]`]
    const targets = new Set(Object.values(exits))
    return [...targets].map((target) => `${state} --> ${target}: ${triggers(exits, target).join(', ')}`)
  })
  return diagram('stateDiagram-v2', [`[*] --> ${start}`, ...arrows])
}

const triggers = (exits: Partial<Record<string, string>>, target: string | undefined): string[] =>
  Object.entries(exits).flatMap(([type, next]) => (next === target ? [type] : []))

const diagram = (kind: string, lines: readonly string[]): string =>
  ['```mermaid', kind, ...lines.map((line) => `  ${line}`), '```'].join('\n')
