/** The nodes of what a service holds of an order: failed attempts, waiting messages, its open task, and the operations of people. */
import type { Event, FailedAttempt, LoggedOperation, OpenTask, WaitingMessage } from '../../../api/types.ts'
import { wordsOf } from '../../../format.ts'
import { type CausingService, causeOfType } from '../../../shop/causes.ts'
import { shownOutcome } from '../../../shop/operation-outcome.ts'
import type { ServiceFacts } from './facts.ts'
import type { TimelineNode } from './node.ts'

/** The known fields of a message. The history does not have every message. */
type Known = Pick<WaitingMessage, 'type' | 'queue'> & Partial<Pick<WaitingMessage, 'messageId' | 'causationId'>>

interface Around {
  readonly events: readonly Event[]
  readonly model: CausingService
  readonly nowMs: number
}

export const heldNodes = (facts: ServiceFacts, { events, model, nowMs }: Around): TimelineNode[] => {
  const { service, attempts, task, operations } = facts
  const waiting = facts.waiting.filter(({ place, since }) => place !== 'outbox' || isLate(since, nowMs))
  const causeOf = (message: Known): Event | undefined => originOf(message, events, model)
  const failures = [...Map.groupBy(attempts, failureKey).values()].flatMap((ofMessage) =>
    failureNode(service, ofMessage, causeOf),
  )
  /** A message that waits after a failure follows from it. */
  const failureOf = (message: Known): TimelineNode | undefined => {
    const isOf = ({ messageId, title, queue }: TimelineNode) =>
      queue === message.queue && (message.messageId ? messageId === message.messageId : title === message.type)
    return failures.find(isOf)
  }
  const causeKeyOf = (message: Known): string | null => failureOf(message)?.key ?? causeOf(message)?.id ?? null
  /** The time of its cause in this service. */
  const causeTimeOf = (message: Known): string | null => {
    const cause = causeOf(message)
    return failureOf(message)?.at ?? (cause?.source === `/${service}` ? cause.time : null)
  }
  const isShown = (open: OpenTask): boolean =>
    waiting.some(
      ({ messageId, type, queue }) =>
        queue !== null && (open.messageId ? messageId === open.messageId : type === open.type),
    )
  /** Several messages of its type may have several causes. The id of the task's message does not tell which is its own. */
  const causeKeyOfTask = (open: OpenTask): string | null =>
    open.messageId ? (failureOf(open)?.key ?? null) : causeKeyOf(open)
  return [
    ...failures,
    ...waiting.map((message) => ({
      ...waitingNode(service, message, causeKeyOf(message)),
      at: laterOf(message.at, causeTimeOf(message)),
    })),
    ...(task && !isShown(task) ? [taskNode(service, task, causeKeyOfTask(task))] : []),
    ...operations.map((operation) => operationNode(service, operation)),
  ]
}

/**
 * A row of the outbox has the time at which its transaction began, and an attempt the time at which it was recorded. Each may differ by
 * milliseconds from the time of the event, or of the dead letter.
 */
const laterOf = (at: string, other: string | null): string =>
  other !== null && Date.parse(other) > Date.parse(at) ? other : at

/** Each message is in the outbox for a moment, until the broker has confirmed it. The clock of the service may differ a little. */
const isLate = (since: string | null, nowMs: number): boolean =>
  since === null || nowMs - Date.parse(since) > lateAfterMs

const lateAfterMs = 2_000

/** The event that the message is, or by which it was caused. */
const originOf = (
  { messageId, causationId, type }: Known,
  events: readonly Event[],
  model: CausingService,
): Event | undefined =>
  events.find(({ id }) => id === messageId) ??
  events.find(({ id }) => id === causationId) ??
  events.findLast((event) => event.type === type) ??
  causeOfType(type, events, model)

const failureKey = ({ messageId, type, queue }: FailedAttempt): string => `${messageId || type}/${queue}`

/** One node for all attempts of a message, at the time of the last one. */
const failureNode = (
  service: string,
  attempts: readonly FailedAttempt[],
  causeOf: (message: Known) => Event | undefined,
): TimelineNode[] => {
  const [last] = attempts
  if (!last) return []
  const { messageId, type, queue, at, error, attempt, outcome } = last
  const count = attempt === 1 ? '1 attempt' : `${attempt} attempts`
  return [
    {
      key: `${service}/failed/${failureKey(last)}`,
      kind: 'failure',
      service,
      title: type,
      messageId,
      queue,
      at,
      detail: `${outcome === 'postponed' ? 'Postponed' : count}: ${error}`,
      cause: causeOf(last)?.id ?? null,
      contents: { kind: 'attempts', attempts },
    },
  ]
}

const waitingNode = (service: string, message: WaitingMessage, cause: string | null): TimelineNode => {
  const { messageId, type, queue, place, at, error, deadLetterId } = message
  return {
    key: `${service}/${place}/${deadLetterId ?? messageId ?? type}/${queue}`,
    kind: place,
    service,
    title: type,
    messageId,
    queue,
    at,
    detail: error ?? (place === 'outbox' ? 'In the outbox, not yet sent.' : ''),
    cause,
    contents: letterIn(service, deadLetterId),
  }
}

const taskNode = (service: string, { type, queue, error }: OpenTask, cause: string | null): TimelineNode => ({
  key: `${service}/task/${type}/${queue}`,
  kind: 'task',
  service,
  title: type,
  queue,
  at: null,
  detail: error ?? 'The outcome is not known yet.',
  cause,
})

/** It has no arrow: its cause is a person. */
const operationNode = (service: string, logged: LoggedOperation): TimelineNode => {
  const { at, operation, operator, messageType, note, detail, deadLetterId } = logged
  return {
    key: `${service}/operation/${at}/${operation}/${deadLetterId}`,
    kind: 'operation',
    service,
    title: `${wordsOf(operation)}${messageType === null ? '' : ` of ${messageType}`}`,
    at,
    detail: [`${shownOutcome(logged)}, by ${operator}`, note ?? detail].filter(Boolean).join(': '),
    cause: null,
    contents: letterIn(service, deadLetterId),
  }
}

const letterIn = (service: string, id: string | null): TimelineNode['contents'] =>
  id === null ? undefined : { kind: 'dead_letter', service, id }
