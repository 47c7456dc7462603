/** Finds the message that blocks an order, by following the order's messages from service to service. */
import { type MessageType, publisherOf } from '@quadrille/events'
import { type Debtor, debtors, type Owed } from './owed.ts'

/** The messages of an order in one service. */
export interface Trail {
  /** Types of messages that the service has handled. */
  readonly handled: readonly string[]
  readonly waiting: readonly WaitingMessage[]
  /** External work without a known outcome. */
  readonly task: OpenTask | null
}

interface WaitingMessage {
  readonly type: string
  readonly place: 'outbox' | 'retry' | 'dead_letter'
  readonly queue: string | null
  readonly attempts: number
  readonly error: string | null
  readonly at: string
  readonly deadLetterId: string | null
}

interface OpenTask {
  readonly type: string
  readonly queue: string
  readonly attempts: number | null
}

/** The trail in each service, or the reason why it is unknown. */
export type Trails = Readonly<Record<'order' | Debtor, Trail | { readonly unknown: string }>>

export interface Location {
  readonly service: string
  readonly place: 'outbox' | 'queue' | 'retry' | 'dead_letter' | 'task' | 'unknown'
  /** The type of the message. */
  readonly type: string | null
  readonly queue: string | null
  readonly attempts: number | null
  /** The last error, or the reason why the trail is unknown. */
  readonly error: string | null
  /** Since when the message is there, or the time of its next attempt. */
  readonly at: string | null
  readonly deadLetterId: string | null
}

const nothingKnown = { type: null, queue: null, attempts: null, error: null, at: null, deadLetterId: null }

/** Follows an owed event: to the service that owes it, through its work, and back. */
export const locate = (owed: Owed, trails: Trails): Location => {
  for (const type of owed.to) {
    const found = onTheWayThere(type, owed.by, trails)
    if (found) return found
  }
  return inWork(owed, trails) ?? onTheWayBack(owed, trails)
}

/** A message that its consumer has not handled yet. */
const onTheWayThere = (type: MessageType, by: Debtor, trails: Trails): Location | null => {
  const publisher = debtors.find((debtor) => debtor === publisherOf(type)?.name) ?? 'order'
  const from = trails[publisher]
  const debtor = trails[by]
  if ('unknown' in from) return unknown(publisher, from.unknown)
  if (!('unknown' in debtor) && debtor.handled.includes(type)) return null // it may be unsent to another consumer only
  const unsent = from.waiting.find((message) => message.place === 'outbox' && message.type === type)
  if (unsent) return at(publisher, unsent)
  if ('unknown' in debtor) return unknown(by, debtor.unknown)
  const failed = debtor.waiting.find((message) => message.place !== 'outbox' && message.type === type)
  return failed ? at(by, failed) : { ...nothingKnown, service: by, place: 'queue', type, queue: `${by}.inbox` }
}

/** The work of the owing service before its answer. */
const inWork = ({ by }: Owed, trails: Trails): Location | null => {
  const debtor = trails[by]
  if ('unknown' in debtor) return unknown(by, debtor.unknown)
  const [waiting] = debtor.waiting
  if (waiting) return at(by, waiting)
  if (!debtor.task) return null
  const { type, queue, attempts } = debtor.task
  return { ...nothingKnown, service: by, place: attempts === 0 ? 'queue' : 'task', type, queue, attempts }
}

/** The owing service has answered, so the answer has arrived or is on its way. */
const onTheWayBack = ({ events }: Owed, trails: Trails): Location => {
  const { order } = trails
  if ('unknown' in order) return unknown('order', order.unknown)
  const failed = order.waiting.find(({ place, type }) => place !== 'outbox' && events.some((event) => event === type))
  return failed ? at('order', failed) : { ...nothingKnown, service: 'order', place: 'queue', queue: 'order.inbox' }
}

const at = (service: string, waiting: WaitingMessage): Location => ({ ...waiting, service })

const unknown = (service: string, error: string): Location => ({ ...nothingKnown, service, place: 'unknown', error })
