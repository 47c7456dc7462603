/** `GET /whereabouts` of every service: how far an order's messages have come here. What finds out why an order is stuck. */
import { catalog, isOneAnOrder, type MessageType, messageId, primitives, type ServiceModel } from '@quadrille/events'
import { findInDeadLetters, findInOutbox, findInRetry, readInbox } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'
import { z } from 'zod'
import { type Route, route } from './route.ts'

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

const waiting = z.object({
  type: z.string(),
  place: z.enum(['outbox', 'retry', 'dead_letter']),
  queue: z.string().nullable().meta({ description: 'the queue that it failed in' }),
  attempts: z.int().meta({ description: 'failures so far' }),
  error: z.string().nullable(),
  at: z.iso
    .datetime()
    .meta({ description: 'from when on it may be sent, when it is tried again, or when it was parked' }),
  deadLetterId: z.uuid().nullable(),
})

const openTask = z.object({
  type: z.string(),
  queue: z.string(),
  attempts: z.int().nullable().meta({ description: 'how often it was begun, as far as that is counted' }),
})

const whereabouts = z.object({
  orderId: primitives.orderId,
  handled: z.array(z.string()).meta({ description: 'types of the messages that have had their effect here' }),
  waiting: z.array(waiting),
  task: openTask.nullable(),
})

/** How far one order's messages have come in one service. */
export type Whereabouts = z.output<typeof whereabouts>

export const whereaboutsPage = z.object({ items: z.array(whereabouts) })

const maxOrders = 100
const query = z.strictObject({
  orderId: z
    .union([primitives.orderId.transform((id) => [id]), z.array(primitives.orderId).min(1).max(maxOrders)])
    .meta({ description: `may be repeated up to ${maxOrders} times` }),
})

export interface WhereaboutsOptions {
  readonly sql: Sql
  readonly model: ServiceModel
  readonly openTasks: FindOpenTasks
  readonly handled: FindHandled
}

export const getWhereabouts = (options: WhereaboutsOptions): Route =>
  route({
    method: 'get',
    path: '/whereabouts',
    operationId: 'findWhereabouts',
    summary: 'How far the messages of some orders have come in this service',
    query,
    responses: { 200: { description: 'One item for each order', body: whereaboutsPage } },
    handle: async ({ query: { orderId } }) => ({
      status: 200,
      body: { items: await findWhereabouts(orderId, options) },
    }),
  })

/** How far the messages of these orders have come in the service whose database this is; one item for each. */
export const findWhereabouts = async (
  orderIds: readonly string[],
  { sql, model, openTasks, handled }: WhereaboutsOptions,
): Promise<Whereabouts[]> => {
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
