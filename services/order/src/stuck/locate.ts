/** Finds the message that blocks an order, by following the order's messages from service to service. */
import { type MessageType, publisherOf } from '@quadrille/events'
import type { Whereabouts } from '@quadrille/service'
import { type AnsweringService, answeringServices, type PendingAnswer } from '../domain/pending-answers.ts'
import type { Location } from './diagnosis.ts'

/** The messages of an order in one service. */
export type OrderMessages = Pick<Whereabouts, 'handled' | 'waiting' | 'task'>

type WaitingMessage = OrderMessages['waiting'][number]

/** The messages of an order in each service, or the reason why they are unknown. */
export type MessagesByService = Readonly<
  Record<'order' | AnsweringService, OrderMessages | { readonly unknown: string }>
>

const emptyLocation = {
  messageId: null,
  type: null,
  queue: null,
  attempts: null,
  error: null,
  since: null,
  at: null,
  deadLetterId: null,
}

/** Follows the messages back from the order service to the service that must answer, and to its work. */
export const locate = (pending: PendingAnswer, messages: MessagesByService): Location =>
  locateReceivedAnswer(pending, messages) ??
  locateRequests(pending, messages) ??
  locateWork(pending, messages) ??
  locateUnseen(pending, messages)

/**
 * Locates an answer that waits in the order service. It has failed there, or its replay is still in the outbox. Null if there is
 * none. The outbox contains no other answers, because the order service does not publish them.
 */
const locateReceivedAnswer = (pending: PendingAnswer, { order }: MessagesByService): Location | null => {
  if ('unknown' in order) return null
  const received = order.waiting.find(({ type }) => answersTo(pending).includes(type))
  return received ? at('order', received) : null
}

/** A refused refund is an answer too, after which the order waits for an operator. */
const answersTo = ({ service, events }: PendingAnswer): readonly string[] =>
  service === 'payment' ? [...events, 'PaymentRefundFailed'] : events

const locateRequests = ({ triggeredBy, service }: PendingAnswer, messages: MessagesByService): Location | null => {
  for (const type of triggeredBy) {
    const found = locateRequest(type, service, messages)
    if (found) return found
  }
  return null
}

/** Locates a message that the answering service has not handled yet. Null if it has. */
const locateRequest = (type: MessageType, service: AnsweringService, messages: MessagesByService): Location | null => {
  const atConsumer = messages[service]
  if (!('unknown' in atConsumer)) {
    if (atConsumer.handled.includes(type)) return null // may still be unsent to others
    const received = atConsumer.waiting.find((message) => message.type === type)
    if (received) return at(service, received)
  }
  const publisher = answeringServices.find((each) => each === publisherOf(type)?.name) ?? 'order'
  const atPublisher = messages[publisher]
  if ('unknown' in atPublisher) return unknown(publisher, atPublisher.unknown)
  const unsent = atPublisher.waiting.find((message) => message.type === type && isUnsent(message, publisher))
  if (unsent) return at(publisher, unsent)
  if ('unknown' in atConsumer) return unknown(service, atConsumer.unknown)
  return { ...emptyLocation, service, place: 'queue', type, queue: `${service}.inbox` }
}

/** True for a message in the outbox, and for a dead letter that the broker has refused. */
const isUnsent = ({ place, queue }: WaitingMessage, publisher: string): boolean =>
  place === 'outbox' || queue === `${publisher}.events`

/**
 * Locates the work of the answering service: its open task, or the answer that it has not sent. Null if none is left: it has answered,
 * or an operator must act. Other messages no longer matter: OrderPlaced or Charge of a cancelled order may be a dead letter. A task
 * without a counted attempt that waits nowhere else is in its queue, or lost.
 */
const locateWork = (pending: PendingAnswer, messages: MessagesByService): Location | null => {
  const { service } = pending
  const own = messages[service]
  if ('unknown' in own) return unknown(service, own.unknown)
  const types = own.task ? [own.task.type] : answersTo(pending)
  const waiting = own.waiting.find(({ type }) => types.includes(type))
  if (waiting) return at(service, waiting)
  if (!own.task) return null
  return { ...emptyLocation, ...own.task, service, place: own.task.attempts ? 'task' : 'queue' }
}

/**
 * Nothing of the order was found elsewhere: its answer waits in the queue of the order service, unless the work of the other
 * service has ended and an operator must act.
 */
const locateUnseen = ({ service, waitsForOperator }: PendingAnswer, { order }: MessagesByService): Location => {
  if ('unknown' in order) return unknown('order', order.unknown)
  return waitsForOperator
    ? { ...emptyLocation, service, place: 'task' }
    : { ...emptyLocation, service: 'order', place: 'queue', queue: 'order.inbox' }
}

const at = (service: string, { causationId: _, ...waiting }: WaitingMessage): Location => ({ ...waiting, service })

const unknown = (service: string, error: string): Location => ({ ...emptyLocation, service, place: 'unknown', error })
