/** Reads the events in the orders' histories. */
import { readHistories, type Selection } from '@quadrille/audit'
import { type Draft, decode, type Message, type MessageType, shop } from '@quadrille/events'
import { messageId, Undecodable } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'

/** Identifies an event of an order: its type, for notifications also "email:order_placed", and for parcels their time. */
export type EventKey = MessageType | `${MessageType} ${string}`

/** The keys of the events of an order. */
export type History = ReadonlySet<EventKey>

/**
 * The histories by order id, without orders whose history was deleted. After the deletion, events of a parcel may begin a new
 * history. It lacks the earlier events, although none was lost.
 */
export const readEventKeys = async (order: Sql, selection: Selection): Promise<ReadonlyMap<string, History>> => {
  const histories = [...(await readHistories(order, selection))].map(
    ([orderId, { eventList }]) => [orderId, parseHistory(eventList)] as const,
  )
  return new Map(histories.filter(([, history]) => history.has('OrderPlaced')))
}

/**
 * Parses a history in the form of the audit: "OrderPlaced,OrderCancelled customer,NotificationSent email:order_placed".
 */
export const parseHistory = (eventList: string): History =>
  new Set(eventList.split(',').map((each) => (isOneOfSeveral(each) ? each : each.split(' ', 1)[0]) as EventKey))

const isOneOfSeveral = (key: string): boolean => isOfNotification(key) || isOfParcel(key)

export const isOfNotification = (key: string): boolean => /^Notification(Sent|Failed) /.test(key)

export const isOfParcel = (key: string): key is ParcelKey => key.startsWith(parcelPrefix)

const parcelPrefix = 'ShipmentDispatched '

/** The key of a parcel's event ends with the time of dispatch. */
export type ParcelKey = `ShipmentDispatched ${string}`

export const timeOfParcel = (key: ParcelKey): string => key.slice(parcelPrefix.length)

/** A stored event may lack its data after a change by hand. */
export const keyOf = ({ type, data }: Draft): EventKey => {
  switch (type) {
    case 'NotificationSent':
    case 'NotificationFailed':
      return `${type} ${data?.channel}:${data?.occasion}`
    case 'ShipmentDispatched':
      return `${type} ${data?.at}`
    default:
      return type
  }
}

/** SQL for an event of `order_event` with the attributes that follow from its row, which are not stored again. */
const wholeEvent = `jsonb_build_object(
  'specversion', '1.0', 'id', id, 'subject', order_id, 'datacontenttype', 'application/json', 'correlationid', order_id,
  'partitionkey', order_id
) || event::jsonb`

export interface StoredEvent {
  readonly message: Message
  /**
   * The reason why this release can't read it: it has a version of a later release, or was changed by hand. `message` is then as it was
   * stored. Null if it can be read.
   */
  readonly unreadable: string | null
}

export type FindEvent = (orderId: string, key: EventKey) => StoredEvent | undefined

/** The events of these orders. */
export const readEvents = async (order: Sql, orderIds: readonly string[]): Promise<FindEvent> => {
  const rows = await order.query<{ event: Message }>(
    `select ${wholeEvent} as event from order_event where order_id = any($1::uuid[]) order by order_id, seq`,
    [orderIds],
  )
  const byOrder = Map.groupBy(rows, ({ event }) => event.subject)
  return (orderId, key) => {
    const found = byOrder.get(orderId)?.find(({ event }) => keyOf(event) === key)
    return found && readStored(found.event)
  }
}

const readStored = (stored: Message): StoredEvent => {
  try {
    return { message: asMessage(stored), unreadable: null }
  } catch (error) {
    if (error instanceof Undecodable) return { message: stored, unreadable: error.message }
    throw error
  }
}

/**
 * Upcasts a stored event to the newest version. It begins a new chain of causes: with the hops of an event storm, the consumer
 * would park it again.
 */
export const asMessage = (stored: Message): Message =>
  decode(Buffer.from(JSON.stringify({ ...withPlaceholderMethod(stored), hops: undefined }))).message

/**
 * The history has no payment method, but the schema of OrderPlaced requires one. With a placeholder the content differs
 * from the original, which may still arrive. The message therefore gets another id, the same in each run. It is never
 * sent to payment.
 */
const withPlaceholderMethod = (event: Message) =>
  event.type === 'OrderPlaced'
    ? {
        ...shop.withPlaceholders({ ...event }),
        id: messageId(event.subject, event.type, 'reconciled'),
        replayof: event.id,
      }
    : event

/** The id of the original, if the message is a copy with another id. */
export const originalIdOf = ({ type, replayof }: Message): string | undefined =>
  type === 'OrderPlaced' ? replayof : undefined
