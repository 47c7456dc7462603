/** The invariants at rest, and after a replay of all messages. */
import { catalog, type Message } from '@quadrille/events'
import type { MemoryWorld } from '../memory-world.ts'
import type { HistoryRun } from '../run.ts'
import { checkAnswers } from './answers.ts'
import { check } from './check.ts'
import { checkMoney } from './money.ts'
import { checkNotifications } from './notifications.ts'
import { checkShipment } from './shipment.ts'
import { checkStock } from './stock.ts'

type MemoryRun = HistoryRun<MemoryWorld>

export const checkAtRest = ({ plan, published, delivered, world }: MemoryRun): void => {
  const publishedByOrder = Map.groupBy(published.values(), ({ subject }) => subject)
  const toNotification = [...delivered.values()].filter(({ to }) => to === 'notification')
  const receivedByOrder = Map.groupBy(
    toNotification.map(({ message }) => message),
    ({ subject }) => subject,
  )
  for (const { submissions, dispatches } of plan.orders) {
    const orders = submissions.flatMap(({ data: { orderId } }) => world.orders.orders.get(orderId) ?? [])
    const [order] = orders
    check(order !== undefined && orders.length === 1, 'an idempotency key creates one order', `${orders.length} orders`)
    check(order.settled, `every order is settled: ${order.status}, ${order.payment}, ${order.inventory}`, order.id)
    const ofOrder = { published: publishedByOrder.get(order.id) ?? [], received: receivedByOrder.get(order.id) ?? [] }
    checkAnswers(order, ofOrder.published)
    checkMoney(world, order)
    checkNotifications(world, order, ofOrder)
    checkShipment(world, order, { dispatches, published: ofOrder.published })
  }
  checkStock(world, plan)
  checkOnce([...published.values()])
}

/** The replay published no message and changed no state. */
export const checkAfterReplay = (run: MemoryRun, before: string, republished: readonly Message[]): void => {
  check(
    republished.length === 0,
    `no message is published again: ${republished.map(({ type }) => type)}`,
    republished[0]?.subject ?? '',
  )
  check(snapshotOf(run) === before, 'a replay changes nothing', 'all services')
}

/** All state of the services and the gateway about the orders, as one string. */
export const snapshotOf = ({ world, published }: MemoryRun): string => {
  const { orders, payments, inventory, notifications, shipments, gateway } = world
  const oneOfEach = new Map([...published.values()].map((message) => [message.subject, message]))
  const known = [...oneOfEach.values()].map((message) => {
    const { reservation, stock } = inventory.of(message)
    const { shipment } = shipments.of(message)
    return [orders.of(message), payments.of(message), reservation, [...stock], notifications.of(message), shipment]
  })
  return JSON.stringify([known, [...gateway.intents.values()]])
}

const mayRepeat = (type: string): boolean => type.startsWith('Notification') || type === 'ShipmentDispatched'

/** Checks the event types that an order has only once. */
const checkOnce = (published: readonly Message[]): void => {
  const events = published.filter(({ type }) => catalog[type].kind === 'event' && !mayRepeat(type))
  const kinds = new Set(events.map(({ type, subject }) => `${type} ${subject}`))
  check(kinds.size === events.length, 'an order has one event of each type', `${events.length} events`)
}
