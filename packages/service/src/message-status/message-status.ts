/** `GET /whereabouts` of every service: the status of an order's messages in it. The order service asks when an order is stuck. */
import { catalog, isOneAnOrder, type MessageType, messageId, primitives, type ServiceModel } from '@quadrille/events'
import { findInOutbox, findInRetry, readInbox } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'
import { z } from 'zod'
import { findInDeadLetters } from '../dead-letters/table/waiting.ts'
import { type Route, route } from '../http/route.ts'

/** External work that is begun, or waits to be, and whose outcome isn't known. */
export interface OpenTask {
  readonly orderId: string
  readonly type: MessageType
  readonly queue: string
  /** How often it was begun, 0 while it waits in its queue; null where that isn't counted. */
  readonly attempts: number | null
}

export type FindOpenTasks = (orderIds: readonly string[]) => Promise<readonly OpenTask[]>

/** Finds which events a service's own state of each order shows as handled. The state outlives the inbox, which forgets. */
export type FindHandled = (orderIds: readonly string[]) => Promise<ReadonlyMap<string, readonly MessageType[]>>

const waiting = z
  .object({
    type: z.string().meta({ description: 'The type of the message.' }),
    place: z.enum(['outbox', 'retry', 'dead_letter']).meta({ description: 'Where it is.' }),
    queue: z.string().nullable().meta({ description: 'The queue in which it failed.' }),
    attempts: z.int().meta({ description: 'The number of failed attempts.' }),
    error: z.string().nullable().meta({ description: 'The last error.' }),
    at: z.iso.datetime().meta({
      description: 'The time from which it may be sent, of its next attempt, or at which it was parked.',
    }),
    deadLetterId: z.uuid().nullable().meta({ description: 'The dead letter, if it is one.' }),
  })
  .meta({ title: 'WaitingMessage', description: 'A message that waits in this service.' })

const openTask = z
  .object({
    type: z.string().meta({ description: 'The type of the task.' }),
    queue: z.string().meta({ description: 'Its work queue.' }),
    attempts: z.int().nullable().meta({ description: 'How often it was started, as far as that is counted.' }),
  })
  .meta({ title: 'OpenTask', description: 'External work whose outcome is not known.' })

const messageStatus = z
  .object({
    orderId: primitives.orderId,
    handled: z.array(z.string()).meta({ description: 'The types of the messages that were handled here.' }),
    waiting: z.array(waiting).meta({ description: 'The messages that wait here.' }),
    task: openTask.nullable().meta({ description: 'The external work that is not finished; null if there is none.' }),
  })
  .meta({ title: 'Whereabouts', description: 'How far the messages of one order have come in this service.' })

/** How far one order's messages have come in one service. */
export type MessageStatus = z.output<typeof messageStatus>

export const messageStatusPage = z
  .object({ items: z.array(messageStatus).meta({ description: 'One item for each order.' }) })
  .meta({
    title: 'WhereaboutsList',
    description: 'How far the messages of some orders have come in this service.',
    examples: [
      {
        items: [{ orderId: '019aa2f4-1c7e-7b3a-9d52-6f0e8c1b4a77', handled: ['OrderPlaced'], waiting: [], task: null }],
      },
    ],
  })

const maxOrders = 100
const query = z.strictObject({
  orderId: z
    .union([primitives.orderId.transform((id) => [id]), z.array(primitives.orderId).min(1).max(maxOrders)])
    .meta({ description: `The id of an order. The parameter may be repeated, up to ${maxOrders} times.` }),
})

export interface MessageStatusOptions {
  readonly sql: Sql
  readonly model: ServiceModel
  readonly openTasks: FindOpenTasks
  readonly handled: FindHandled
}

export const getMessageStatus = (options: MessageStatusOptions): Route =>
  route({
    method: 'get',
    path: '/whereabouts',
    operationId: 'findWhereabouts',
    summary: 'Locate the messages of orders',
    description:
      'Shows which messages of each order this service has handled, and which wait in its outbox, its retries, its dead letters or its tasks.',
    tag: 'operations',
    query,
    responses: { 200: { description: 'One item for each order', body: messageStatusPage } },
    handle: async ({ query: { orderId } }) => ({
      status: 200,
      body: { items: await findMessageStatus(orderId, options) },
    }),
  })

/** How far the messages of these orders have come in the service whose database this is; one item for each. */
export const findMessageStatus = async (
  orderIds: readonly string[],
  { sql, model, openTasks, handled }: MessageStatusOptions,
): Promise<MessageStatus[]> => {
  const idOf = (orderId: string, type: MessageType) => messageId(orderId, type, '')
  const once = model.consumes.filter((type) => isOneAnOrder(catalog[type]))
  const [shown, known, inOutbox, inRetry, parked, tasks] = await Promise.all([
    handled(orderIds),
    readInbox(
      sql,
      orderIds.flatMap((orderId) => once.map((type) => idOf(orderId, type))),
    ),
    findInOutbox(sql, orderIds),
    findInRetry(sql, orderIds),
    findInDeadLetters(sql, orderIds),
    openTasks(orderIds),
  ])
  return orderIds.map((orderId) => ({
    orderId,
    handled: once.filter((type) => shown.get(orderId)?.includes(type) || known.has(idOf(orderId, type))),
    waiting: [...inOutbox, ...inRetry, ...parked]
      .filter((message) => message.orderId === orderId)
      .map(({ orderId: _, at, ...message }) => ({ ...message, at: at.toISOString() })),
    task: tasks.find((task) => task.orderId === orderId) ?? null,
  }))
}
