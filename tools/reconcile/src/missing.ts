/** Messages that a service lacks, according to all databases. */
import type { Selection } from '@quadrille/audit'
import { choreography, type Draft, type Message, type ServiceName, seal } from '@quadrille/events'
import { type Address, directExchange, inboxOf, taskAddress } from '@quadrille/messaging'
import type { Sql } from '@quadrille/postgres'
import type { Comparison } from './comparisons/comparison.ts'
import { readReservations } from './comparisons/inventory.ts'
import { readCorrespondence } from './comparisons/notification.ts'
import { readPayments } from './comparisons/payment.ts'
import { type FindEvent, type History, keyOf, readEvents, readKeys } from './history.ts'

export type Sources = Readonly<Record<ServiceName, Sql>>

export interface Missing {
  readonly to: ServiceName
  readonly address: Address
  readonly message: Message
}

/** A paid order that inventory has not decided. It decides by the present stock. */
export const isUndecided = ({ to, message: { type } }: Missing): boolean =>
  to === 'inventory' && (type === 'OrderPlaced' || type === 'PaymentProcessed')

const readBooks = { payment: readPayments, inventory: readReservations, notification: readCorrespondence } as const
type Debtor = keyof typeof readBooks

/**
 * Compares the histories of these orders in the order service with the records of the other services. An event that one
 * side has and the other lacks is missing there, however it was lost. The histories are read first, so that the later
 * records contain their events. In the other direction an event may be on its way. It then arrives twice, with the same
 * id.
 */
export const findMissing = async (sources: Sources, selection: Selection): Promise<readonly Missing[]> => {
  const histories = await readKeys(sources.order, selection)
  const ofEach = await Promise.all(
    (Object.keys(readBooks) as Debtor[]).map(async (service) => {
      const compare = await readBooks[service](sources[service], selection)
      return [...histories].map(([orderId, history]) => ({
        ...compare(orderId, history),
        service,
        orderId,
        history,
      }))
    }),
  )
  const comparisons = ofEach.flat().map((compared) => ({ ...compared, published: unheard(compared) }))
  const behind = comparisons.filter(
    ({ missed, published, tasks }) => missed.length + published.length + tasks.length > 0,
  )
  const find = await readEvents(
    sources.order,
    behind.map(({ orderId }) => orderId),
  )
  return [
    ...behind.flatMap((compared) => toTakeIn(compared, find)),
    ...behind.flatMap((compared) => toHear(compared, find)),
    ...behind.flatMap((compared) => toDo(compared, find)),
  ]
}

interface Compared extends Comparison {
  readonly service: Debtor
  readonly orderId: string
  readonly history: History
}

const unheard = ({ published, history }: Compared): readonly Draft[] =>
  published.filter((event) => !history.has(keyOf(event)))

/** Events of the histories that a service has not handled. */
const toTakeIn = ({ service, orderId, missed }: Compared, find: FindEvent): readonly Missing[] =>
  missed.flatMap((key) => {
    const message = find(orderId, key)
    return message ? [{ to: service, address: inboxAddress(service), message }] : []
  })

/**
 * Events that a service has published and the order service lacks. Published again from the same records, the message
 * is the same.
 */
const toHear = ({ published, ...compared }: Compared, find: FindEvent): readonly Missing[] =>
  published.map((event) => ({ to: 'order', address: inboxAddress('order'), message: sealed(event, compared, find) }))

/** The external work that a service waits for. */
const toDo = ({ tasks, ...compared }: Compared, find: FindEvent): readonly Missing[] =>
  tasks.map((task) => ({
    to: compared.service,
    address: taskAddress(choreography[compared.service]),
    message: sealed(task, compared, find),
  }))

/** The causing message is lost, but the message belongs to the order's trace. */
const sealed = (
  published: Draft,
  { service, orderId }: Pick<Compared, 'service' | 'orderId'>,
  find: FindEvent,
): Message => {
  const placed = find(orderId, 'OrderPlaced')
  return seal(published, { service, now: new Date(), ...(placed && { trace: placed }) })
}

const inboxAddress = (service: ServiceName): Address => ({
  exchange: directExchange(service),
  routingKey: inboxOf(service),
})
