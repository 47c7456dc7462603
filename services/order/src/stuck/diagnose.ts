/** Diagnoses open orders: the events that each waits for, the service that owes each, and where the message is. */

import { type Location, locate, type Trail, type Trails } from '../domain/locate.ts'
import type { Order } from '../domain/order.ts'
import { type Debtor, debtors, type Owed, owedTo } from '../domain/owed.ts'
import type { Answer } from './peers.ts'

export interface Diagnosis extends Pick<Owed, 'remedy'> {
  /** Any one of these events lets the order continue. */
  readonly missing: Owed['events']
  readonly owedBy: Debtor
  readonly where: Location
}

/** Asks a service about orders. */
export type Ask = (orderIds: readonly string[]) => Promise<Answer>

export type AskServices = Readonly<Record<'order' | Debtor, Ask>>

const asked = ['order', ...debtors] as const

/** The diagnoses of each order, in the order of `orders`. Each service is asked once for all of them. */
export const diagnose = async (orders: readonly Order[], ask: AskServices): Promise<Diagnosis[][]> => {
  const ids = orders.map(({ id }) => id)
  if (ids.length === 0) return []
  const answers = await Promise.all(asked.map(async (service) => [service, await ask[service](ids)] as const))
  const trailsOf = (orderId: string): Trails =>
    Object.fromEntries(answers.map(([service, answer]) => [service, trailOf(answer, orderId)])) as Trails // one for each that was asked
  return orders.map((open) =>
    owedTo(open).map((owed) => ({
      missing: owed.events,
      owedBy: owed.by,
      where: locate(owed, trailsOf(open.id)),
      remedy: owed.remedy,
    })),
  )
}

const trailOf = (answer: Answer, orderId: string): Trail | { readonly unknown: string } => {
  if ('unknown' in answer) return answer
  return answer.get(orderId) ?? { unknown: 'the answer does not contain this order' }
}
