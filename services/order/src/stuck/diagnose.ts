/**
 * Diagnoses open orders: the events that each one waits for, the service that must publish them, and the message that
 * blocks it.
 */

import { type Location, locate, type MessagesByService, type OrderMessages } from '../domain/locate.ts'
import type { Order } from '../domain/order.ts'
import {
  type AnsweringService,
  answeringServices,
  type PendingAnswer,
  pendingAnswers,
} from '../domain/pending-answers.ts'
import type { QueryResult } from './query-peer.ts'

export interface Diagnosis extends Pick<PendingAnswer, 'remedy'> {
  /** Any one of these events lets the order continue. */
  readonly missing: PendingAnswer['events']
  readonly owedBy: AnsweringService
  readonly where: Location
}

/** Queries a service for the status of the messages of these orders. */
export type StatusQuery = (orderIds: readonly string[]) => Promise<QueryResult>

export type StatusQueries = Readonly<Record<'order' | AnsweringService, StatusQuery>>

const services = ['order', ...answeringServices] as const

/** The diagnoses of each order, in the sequence of `orders`. Each service is queried once for all orders. */
export const diagnose = async (orders: readonly Order[], queries: StatusQueries): Promise<Diagnosis[][]> => {
  const ids = orders.map(({ id }) => id)
  if (ids.length === 0) return []
  const results = await Promise.all(services.map(async (service) => [service, await queries[service](ids)] as const))
  const messagesOf = (orderId: string) =>
    Object.fromEntries(results.map(([service, result]) => [service, messagesIn(result, orderId)])) as MessagesByService
  return orders.map((open) =>
    pendingAnswers(open).map((pending) => ({
      missing: pending.events,
      owedBy: pending.service,
      where: locate(pending, messagesOf(open.id)),
      remedy: pending.remedy,
    })),
  )
}

const messagesIn = (result: QueryResult, orderId: string): OrderMessages | { readonly unknown: string } => {
  if ('unknown' in result) return result
  return result.get(orderId) ?? { unknown: 'the response does not contain this order' }
}
