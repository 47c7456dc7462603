/** The nodes of what a service holds of an order: failed attempts, waiting messages, and its open task. */

import type { Event, FailedAttempt, OpenTask, WaitingMessage } from '../../../api/types.ts'
import { type CausingService, causeOfType, latestOf } from './causes.ts'
import type { ServiceFacts } from './facts.ts'
import type { TimelineNode } from './node.ts'

/** The known fields of a message. The history does not have every message. */
type Known = Pick<WaitingMessage, 'type'> & Partial<Pick<WaitingMessage, 'messageId' | 'causationId'>>

interface Around {
  readonly events: readonly Event[]
  readonly model: CausingService
}

export const heldNodes = (
  facts: ServiceFacts,
  { events, model, nowMs }: Around & { readonly nowMs: number },
): TimelineNode[] => {
  const { service, attempts, task } = facts
  const waiting = facts.waiting.filter(({ place, since }) => place !== 'outbox' || isLate(since, nowMs))
  const causeOf = (message: Known): string | null => originOf(message, { events, model })?.id ?? null
  const failures = [...Map.groupBy(attempts, ({ messageId, type }) => messageId || type).values()].flatMap(
    (ofMessage) => failureNode(service, ofMessage, causeOf),
  )
  /** A message that waits after a failure follows from it. */
  const afterFailure = (message: Known): string | null =>
    failures.find(({ key }) => key === failureKey(service, message.type))?.key ?? causeOf(message)
  const isShown = (open: OpenTask): boolean =>
    waiting.some(({ type, place }) => type === open.type && place !== 'outbox')
  return [
    ...failures,
    ...waiting.map((message) => waitingNode(service, message, afterFailure(message))),
    ...(task && !isShown(task) ? [taskNode(service, task, afterFailure(task))] : []),
  ]
}

/** Each message is in the outbox for a moment, until the broker has confirmed it. */
const isLate = (since: string | null, nowMs: number): boolean =>
  since === null || nowMs - Date.parse(since) > lateAfterMs

const lateAfterMs = 2_000

/** The event that the message is, or by which it was caused. */
const originOf = ({ messageId, causationId, type }: Known, { events, model }: Around): Event | undefined =>
  events.find(({ id }) => id === messageId) ??
  events.find(({ id }) => id === causationId) ??
  latestOf(events, [type]) ??
  causeOfType(type, events, model)

const failureKey = (service: string, type: string): string => `${service}/failed/${type}`

/** No node has the key if the place of the message, or its type, is unknown. */
export const waitingKey = (service: string, place: string, type: string | null): string => `${service}/${place}/${type}`

/** One node for all attempts of a message, at the time of the last one. */
const failureNode = (
  service: string,
  attempts: readonly FailedAttempt[],
  causeOf: (message: Known) => string | null,
): TimelineNode[] => {
  const [last] = attempts
  if (!last) return []
  const times = attempts.length === 1 ? 'Once' : `${attempts.length} times`
  return [
    {
      key: failureKey(service, last.type),
      kind: 'failure',
      service,
      title: last.type,
      at: last.at,
      detail: `${times}: ${last.error}`,
      cause: causeOf(last),
      contents: { kind: 'attempts', attempts },
    },
  ]
}

const waitingNode = (service: string, message: WaitingMessage, cause: string | null): TimelineNode => {
  const { type, place, at, error, deadLetterId } = message
  return {
    key: waitingKey(service, place, type),
    kind: place,
    service,
    title: type,
    at,
    detail: error ?? (place === 'outbox' ? 'In the outbox, not yet sent.' : ''),
    cause,
    contents: deadLetterId ? { kind: 'dead_letter', service, id: deadLetterId } : { kind: 'none' },
  }
}

const taskNode = (service: string, { type, error }: OpenTask, cause: string | null): TimelineNode => ({
  key: waitingKey(service, 'task', type),
  kind: 'task',
  service,
  title: type,
  at: null,
  detail: error ?? 'The outcome is not known yet.',
  cause,
  contents: { kind: 'none' },
})
