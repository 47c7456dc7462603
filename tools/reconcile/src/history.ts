/** The events of the orders' histories, and those to be handled once more. */
import { readHistories, type Selection } from '@quadrille/audit'
import { type Draft, decode, type Message, type MessageType } from '@quadrille/events'
import { messageId } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'

/** The key of an event within an order: its type, for notifications with "email:order_placed". */
export type EventKey = MessageType | `${MessageType} ${string}`

/** The events of an order. */
export type History = ReadonlySet<EventKey>

/** By order id. Orders whose history was deleted are left out. */
export const readKeys = async (order: Sql, selection: Selection): Promise<ReadonlyMap<string, History>> => {
  const histories = await readHistories(order, selection)
  return new Map([...histories].map(([orderId, { eventList }]) => [orderId, readStory(eventList)]))
}

/**
 * Parses a history in the form of the audit: "OrderPlaced,OrderCancelled customer,NotificationSent email:order_placed".
 */
export const readStory = (story: string): History =>
  new Set(story.split(',').map((each) => (isOfNotification(each) ? each : each.split(' ', 1)[0]) as EventKey))

export const isOfNotification = (key: string): boolean => /^Notification(Sent|Failed) /.test(key)

export const keyOf = ({ type, data }: Draft): EventKey =>
  type === 'NotificationSent' || type === 'NotificationFailed' ? `${type} ${data.channel}:${data.occasion}` : type

export type FindEvent = (orderId: string, key: EventKey) => Message | undefined

/** The events of these orders. */
export const readEvents = async (order: Sql, orderIds: readonly string[]): Promise<FindEvent> => {
  const rows = await order.query<{ event: Message }>(
    'select event from order_event where order_id = any($1::uuid[]) order by order_id, seq',
    [orderIds],
  )
  const byOrder = Map.groupBy(rows, ({ event }) => event.subject)
  return (orderId, key) => {
    const found = byOrder.get(orderId)?.find(({ event }) => keyOf(event) === key)
    return found && asMessage(found.event)
  }
}

/** The stored event in its newest version, which may be newer than the stored one. */
export const asMessage = (stored: Message): Message => decode(Buffer.from(JSON.stringify(withMethod(stored)))).message

/**
 * The history has no payment method, but an OrderPlaced needs one. A placeholder changes the content, so the message
 * gets its own id, the same each time, and differs from the original, which may still arrive. Payment never gets it.
 */
const withMethod = (event: Message): Message =>
  event.type === 'OrderPlaced'
    ? {
        ...event,
        id: messageId(event.subject, event.type, 'reconciled'),
        replayof: event.id,
        data: { ...event.data, payment: { method: 'not in the history' } },
      }
    : event
