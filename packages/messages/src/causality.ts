/**
 * The graph of causes: which messages a message may cause, over all services. It limits the number of messages that follow from
 * one request. An event that is unique per subject is handled at most once, so only a cycle without such an event has no limit.
 */
import { type Choreography, inboxTypes, type ServiceModel } from './choreography.ts'
import { type Catalog, isUniquePerSubject } from './definition.ts'

interface Model {
  readonly messages: Catalog
  readonly services: Choreography
}

interface Edge {
  readonly cause: string
  readonly effect: string
  /** How many messages of the effect's type the cause may have: one for each queue that gets a task. */
  readonly times: number
}

const edgesOf = (services: Choreography): Edge[] =>
  Object.values(services).flatMap(({ causes = {}, work, ...service }) => {
    const tasks = work?.tasks ?? {}
    return [
      ...[...inboxTypes(service), ...service.internal].flatMap((cause) =>
        (causes[cause] ?? []).map((effect) => ({ cause, effect, times: 1 })),
      ),
      ...Object.entries(tasks).flatMap(([cause, outcomes = []]) =>
        outcomes.map((effect) => ({ cause, effect, times: Math.max(1, work?.queues.length ?? 1) })),
      ),
    ]
  })

/** A work queue has no inbox, so a task with the same id is performed again. */
const isUnique = ({ messages }: Model, type: string): boolean => {
  const definition = messages[type]
  return definition !== undefined && definition.kind !== 'task' && isUniquePerSubject(definition)
}

/**
 * Cycles in which no message is unique per subject: one request may cause messages without end. At least one is found if there is any,
 * and each at most once: the types in the order of cause and effect, the first of them also at the end.
 */
export const findCycles = (model: Model): string[][] => {
  const edges = edgesOf(model.services).filter(
    ({ cause, effect }) => !isUnique(model, cause) && !isUnique(model, effect),
  )
  const finished = new Set<string>()
  const visit = (type: string, path: readonly string[]): string[][] => {
    const start = path.indexOf(type)
    if (start >= 0) return [[...path.slice(start), type]]
    if (finished.has(type)) return []
    const effects = new Set(edges.filter(({ cause }) => cause === type).map(({ effect }) => effect))
    const cycles = [...effects].flatMap((effect) => visit(effect, [...path, type]))
    finished.add(type)
    return cycles
  }
  return edges.flatMap(({ cause }) => visit(cause, []))
}

/** The internal messages that are not outcomes of a task. Each comes from an HTTP request or a job. */
export const requestsOf = ({ internal, work }: ServiceModel): string[] => {
  const outcomes = new Set(Object.values(work?.tasks ?? {}).flat())
  return internal.filter((type) => !outcomes.has(type))
}

/**
 * The maximum number of messages that one message of this type causes, directly and indirectly, itself included. Each reaction
 * counts as if it sent a message of each type in its causes, and each task as if it had all of its outcomes. Infinite if
 * `findCycles` finds a cycle that the message leads to.
 */
export const messagesCausedBy = (root: string, model: Model): number => {
  const edges = edgesOf(model.services)
  const reached = reachedFrom(root, edges)
  const counts = new Map<string, number>()
  const count = (type: string): number => {
    if (isUnique(model, type)) return 1
    const known = counts.get(type)
    if (known !== undefined) return known
    counts.set(type, Number.POSITIVE_INFINITY) // found again below only if it causes itself
    const causes = edges.filter(({ cause, effect }) => effect === type && reached.has(cause))
    const caused = causes.reduce((sum, { cause, times }) => sum + times * count(cause), type === root ? 1 : 0)
    counts.set(type, caused)
    return caused
  }
  return [...reached].reduce((sum, type) => sum + count(type), 0)
}

/** The types that follow from this one, itself included. */
const reachedFrom = (root: string, edges: readonly Edge[]): ReadonlySet<string> => {
  const reached = new Set([root])
  for (const type of reached) for (const { cause, effect } of edges) if (cause === type) reached.add(effect)
  return reached
}

/** The limit for a model with a cycle, which `checkChoreography` rejects. */
const maxMessages = 1_000

/** The maximum number of messages that any message may cause, itself included. */
export const messagesAtMost = (model: Model): number =>
  Math.min(maxMessages, Math.max(1, ...Object.keys(model.messages).map((type) => messagesCausedBy(type, model))))
