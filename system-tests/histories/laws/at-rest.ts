/** The laws at rest, and after every message has been delivered once more. */
import { catalog, type Message } from '@quadrille/events'
import type { MemoryWorld } from '../memory-world.ts'
import type { Performance } from '../performance.ts'
import { checkAnswers } from './answers.ts'
import { check } from './law.ts'
import { checkMoney } from './money.ts'
import { checkNotifications } from './notifications.ts'
import { checkStock } from './stock.ts'

type Played = Performance<MemoryWorld>

export const checkAtRest = ({ plan, said, delivered, world }: Played): void => {
  const saidByOrder = Map.groupBy(said.values(), ({ subject }) => subject)
  const toNotification = [...delivered.values()].filter(({ to }) => to === 'notification')
  const heardByOrder = Map.groupBy(
    toNotification.map(({ message }) => message),
    ({ subject }) => subject,
  )
  for (const { submissions } of plan.orders) {
    const orders = submissions.flatMap(({ data: { orderId } }) => world.orders.orders.get(orderId) ?? [])
    const [order] = orders
    check(order !== undefined && orders.length === 1, 'an idempotency key creates one order', `${orders.length} orders`)
    check(order.settled, `every order is settled: ${order.status}, ${order.payment}, ${order.inventory}`, order.id)
    const ofOrder = { said: saidByOrder.get(order.id) ?? [], heard: heardByOrder.get(order.id) ?? [] }
    checkAnswers(order, ofOrder.said)
    checkMoney(world, order)
    checkNotifications(world, order, ofOrder)
  }
  checkStock(world, plan)
  checkOnce([...said.values()])
}

/** No message was published, and no state has changed. */
export const checkAfterReplay = (performance: Played, before: string, heard: readonly Message[]): void => {
  check(heard.length === 0, `no message is published again: ${heard.map(({ type }) => type)}`, heard[0]?.subject ?? '')
  check(snapshotOf(performance) === before, 'a replay changes nothing', 'all services')
}

/** All state of the services and the gateway about the orders, as one string. */
export const snapshotOf = ({ world, said }: Played): string => {
  const { orders, payments, inventory, notifications, gateway } = world
  const oneOfEach = new Map([...said.values()].map((message) => [message.subject, message]))
  const known = [...oneOfEach.values()].map((message) => {
    const { reservation, stock } = inventory.of(message)
    return [orders.of(message), payments.of(message), reservation, [...stock], notifications.of(message)]
  })
  return JSON.stringify([known, [...gateway.intents.values()]])
}

/** Ids differ by order, type and identity. This checks the types with one message per order. */
const checkOnce = (said: readonly Message[]): void => {
  const events = said.filter(({ type }) => catalog[type].kind === 'event' && !type.startsWith('Notification'))
  const kinds = new Set(events.map(({ type, subject }) => `${type} ${subject}`))
  check(kinds.size === events.length, 'an order has one event of each type', `${events.length} events`)
}
