/** The orders' histories: which events each has, and those that are to be taken in once more. */
import { readHistories, type Selection } from '@quadrille/audit'
import { type Draft, decode, type Message, type MessageType } from '@quadrille/events'
import { messageId } from '@quadrille/messages'
import type { Sql } from '@quadrille/postgres'

/** What tells an event from the others of its order: its type, and of notifications also "email:order_placed". */
export type EventKey = MessageType | `${MessageType} ${string}`

/** Which events an order has. */
export type History = ReadonlySet<EventKey>

/** By order id. Orders whose history was forgotten are left out. */
export const readKeys = async (order: Sql, selection: Selection): Promise<ReadonlyMap<string, History>> => {
  const histories = await readHistories(order, selection)
  return new Map([...histories].map(([orderId, { story }]) => [orderId, readStory(story)]))
}

/** Reads a history as the audit has it: "OrderPlaced,OrderCancelled customer,NotificationSent email:order_placed". */
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

/** The stored event in its newest version: it may have been stored before there was that. */
export const asMessage = (stored: Message): Message => decode(Buffer.from(JSON.stringify(withMethod(stored)))).message

/**
 * The history has no payment method, and an OrderPlaced without one is none. With another one it isn't what was said, so it
 * gets an id of its own, the same each time; should the original still come, neither is taken for the other. Payment never gets it.
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
