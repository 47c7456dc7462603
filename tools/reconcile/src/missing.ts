/** Finds the messages that each service lacks, by comparing the databases. */
import type { Selection } from '@quadrille/audit'
import {
  type ByRunningService,
  choreography,
  type Draft,
  type Message,
  type ServiceName,
  seal,
} from '@quadrille/events'
import { type Address, directExchange, inboxOf, taskAddress } from '@quadrille/messaging'
import type { Sql } from '@quadrille/postgres'
import type { Comparison } from './comparisons/comparison.ts'
import { readReservations } from './comparisons/inventory.ts'
import { readNotifications } from './comparisons/notification.ts'
import { readPayments } from './comparisons/payment.ts'
import { readShipments } from './comparisons/shipping.ts'
import { type FindEvent, type History, keyOf, readEventKeys, readEvents } from './history.ts'

/** The databases of the running services. */
export type Sources = ByRunningService<Sql>

/** A service without a database lacks no messages. */
export const sourceOf = (sources: Sources, service: ServiceName): Sql => {
  const source = sources[service]
  if (source) return source
  throw new Error(`${service} does not run.`)
}

export interface Missing {
  readonly to: ServiceName
  readonly address: Address
  readonly message: Message
  /** The reason why an event of the history can't be read, and so not be sent. */
  readonly unreadable: string | null
}

/** Whether the message makes inventory decide an order, which depends on the current stock. */
export const causesDecision = ({ to, message: { type } }: Missing): boolean =>
  to === 'inventory' && (type === 'OrderPlaced' || type === 'PaymentProcessed')

const readRecords = {
  payment: readPayments,
  inventory: readReservations,
  notification: readNotifications,
  shipping: readShipments,
} as const
type ComparedService = keyof typeof readRecords

/**
 * Compares the histories of these orders with the records of the other services. An event that only one of them contains
 * is missing in the other. The histories are read first. The records are read later, so they contain every event of
 * their service that is in a history, unless it was lost. An event in the records may be in transit to the order
 * service. It then arrives twice, with the same id.
 */
export const findMissing = async (sources: Sources, selection: Selection): Promise<readonly Missing[]> => {
  const histories = await readEventKeys(sources.order, selection)
  const ofEach = await Promise.all(
    (Object.keys(readRecords) as ComparedService[]).map(async (service) => {
      const source = sources[service]
      if (!source) return [] // the service does not run
      const compare = await readRecords[service](source, selection)
      return [...histories].map(([orderId, history]) => ({
        ...compare(orderId, history),
        service,
        orderId,
        history,
      }))
    }),
  )
  const comparisons = ofEach.flat().map((compared) => ({ ...compared, published: notInHistory(compared) }))
  const behind = comparisons.filter(
    ({ missed, published, tasks }) => missed.length + published.length + tasks.length > 0,
  )
  const find = await readEvents(
    sources.order,
    behind.map(({ orderId }) => orderId),
  )
  return [
    ...behind.flatMap((compared) => eventsForService(compared, find)),
    ...behind.flatMap((compared) => eventsForOrder(compared, find)),
    ...behind.flatMap((compared) => openTasks(compared, find)),
  ]
}

interface Compared extends Comparison {
  readonly service: ComparedService
  readonly orderId: string
  readonly history: History
}

const notInHistory = ({ published, history }: Compared): readonly Draft[] =>
  published.filter((event) => !history.has(keyOf(event)))

/** Events in the histories that a service has not handled. */
const eventsForService = ({ service, orderId, missed }: Compared, find: FindEvent): readonly Missing[] =>
  missed.flatMap((key) => {
    const found = find(orderId, key)
    return found ? [{ to: service, address: inboxAddress(service), ...found }] : []
  })

/**
 * Events that a service has published and the order service lacks. They are created from the same records as the
 * originals, and therefore equal them.
 */
const eventsForOrder = ({ published, ...compared }: Compared, find: FindEvent): readonly Missing[] =>
  published.map((event) => ({
    to: 'order',
    address: inboxAddress('order'),
    message: sealed(event, compared, find),
    unreadable: null,
  }))

/** Tasks whose outcomes a service lacks. */
const openTasks = ({ tasks, ...compared }: Compared, find: FindEvent): readonly Missing[] =>
  tasks.map((task) => ({
    to: compared.service,
    address: taskAddress(choreography[compared.service]),
    message: sealed(task, compared, find),
    unreadable: null,
  }))

/** The causing message is unknown. The message therefore continues the trace of OrderPlaced. */
const sealed = (
  published: Draft,
  { service, orderId }: Pick<Compared, 'service' | 'orderId'>,
  find: FindEvent,
): Message => {
  const placed = find(orderId, 'OrderPlaced')
  return seal(published, { service, now: new Date(), ...(placed && { trace: placed.message }) })
}

const inboxAddress = (service: ServiceName): Address => ({
  exchange: directExchange(service),
  routingKey: inboxOf(service),
})
