/**
 * Diagnoses open orders: the events that each one waits for, the service that must publish them, and the message that
 * blocks it.
 */

import type { Order } from '../domain/order.ts'
import {
  type AnsweringService,
  answeringServices,
  type PendingAnswer,
  pendingAnswers,
} from '../domain/pending-answers.ts'
import type { Diagnosis, Location } from './diagnosis.ts'
import { locate, type MessagesByService, type OrderMessages } from './locate.ts'
import type { QueryResult } from './query-peer.ts'

/** Queries a service for the status of the messages of these orders. */
export type StatusQuery = (orderIds: readonly string[]) => Promise<QueryResult>

export type StatusQueries = Readonly<Record<'order' | AnsweringService, StatusQuery>>

export interface Sources {
  readonly queries: StatusQueries
  /** When events of these types occurred: by order and type, in RFC 3339. Lacks orders whose history cannot be read. */
  readonly eventTimes: (
    orderIds: readonly string[],
    types: readonly string[],
  ) => Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>
}

const services = ['order', ...answeringServices] as const

/** The diagnoses of each order, in the sequence of `orders`. Each service is queried once for all orders that wait for an answer. */
export const diagnose = async (
  orders: readonly Order[],
  { queries, eventTimes }: Sources,
): Promise<(readonly Diagnosis[])[]> => {
  const waiting = orders.map((order) => ({ id: order.id, pending: pendingAnswers(order) }))
  const open = waiting.filter(({ pending }) => pending.length > 0)
  if (open.length === 0) return orders.map(() => [])
  const ids = open.map(({ id }) => id)
  const triggers = new Set(open.flatMap(({ pending }) => pending.flatMap(({ triggeredBy }) => triggeredBy)))
  const [times, ...results] = await Promise.all([
    eventTimes(ids, [...triggers]),
    ...services.map(async (service) => [service, await queries[service](ids)] as const),
  ])
  const messagesOf = (orderId: string) =>
    Object.fromEntries(results.map(([service, result]) => [service, messagesIn(result, orderId)])) as MessagesByService
  return waiting.map(({ id, pending }) =>
    pending.map((answer) => {
      const where = locate(answer, messagesOf(id))
      return {
        missing: [...answer.events],
        owedBy: answer.service,
        since: lastOf(answer, times.get(id)),
        where,
        remedy: answer.waitsForOperator && mayBeWithoutWork(where) ? remedyOfRefund(id) : null,
      }
    }),
  )
}

const remedyOfRefund = (orderId: string): string =>
  `The gateway refused the refund. If GET /payments/${orderId} still shows refund_failed, retry the refund, or make it by hand and record it: POST /payments/${orderId}/refund`

/**
 * False if another operator has requested the refund again or recorded it: the service performs the task, or its answer is on its way.
 * A second refund would then pay the customer twice. If payment does not answer, the remedy says how to find out.
 */
const mayBeWithoutWork = ({ place, type }: Location): boolean =>
  place === 'unknown' || (place === 'task' && type === null)

const lastOf = ({ triggeredBy }: PendingAnswer, times: ReadonlyMap<string, string> = new Map()): string | null =>
  triggeredBy
    .flatMap((type) => times.get(type) ?? [])
    .toSorted()
    .at(-1) ?? null

const messagesIn = (result: QueryResult, orderId: string): OrderMessages | { readonly unknown: string } => {
  if ('unknown' in result) return result
  return result.get(orderId) ?? { unknown: 'the response does not contain this order' }
}
