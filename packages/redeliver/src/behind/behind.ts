/** Which orders a restored service is behind on, and what it must be told next of each. */
import {
  type Databases,
  readHeard,
  readHistories,
  readNotifications,
  readPayments,
  readReservations,
  type Selection,
} from '@quadrille/audit'
import type { Sql } from '@quadrille/postgres'
import { type History, readStory, type Said } from './history.ts'
import { behindInInventory } from './inventory.ts'
import { behindInNotification } from './notification.ts'
import { behindInPayment } from './payment.ts'

/** The services that can be brought up to date from the orders' histories. The histories themselves are the order service's. */
export const restorable = ['payment', 'inventory', 'notification'] as const satisfies readonly (keyof Databases)[]
export type Restorable = (typeof restorable)[number]

/** Two databases: where the histories are, and that of the restored service. */
export interface Sources {
  readonly order: Sql
  readonly restored: Sql
}

/** Tells what is missing of one order, given its history. */
type Missing = (history: History, orderId: string) => readonly Said[]

const readMissing: Record<Restorable, (restored: Sql, selection: Selection) => Promise<Missing>> = {
  payment: async (sql, selection) => {
    const payments = await readPayments(sql, selection)
    return (history, orderId) => behindInPayment(history, payments.get(orderId)?.status)
  },
  inventory: async (sql, selection) => {
    const reservations = await readReservations(sql, selection)
    return (history, orderId) => behindInInventory(history, reservations.get(orderId)?.status)
  },
  notification: async (sql, selection) => {
    const [heard, results] = await Promise.all([readHeard(sql, selection), readNotifications(sql, selection)])
    return (history, orderId) =>
      behindInNotification(history, { heard: heard.get(orderId), results: results.get(orderId) })
  },
}

/**
 * By order id; orders that nothing is missing of are left out. The histories are read before the service's own state: unless
 * it was restored, that shows all that it has said by then.
 */
export const readBehind = async (
  to: Restorable,
  { order, restored }: Sources,
  selection: Selection,
): Promise<ReadonlyMap<string, readonly Said[]>> => {
  const histories = await readHistories(order, selection)
  const missing = await readMissing[to](restored, selection)
  const behind = [...histories].map(([orderId, { story }]) => [orderId, missing(readStory(story), orderId)] as const)
  return new Map(behind.filter(([, said]) => said.length > 0))
}
