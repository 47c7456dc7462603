/** The services in memory: their real reactions and payment's real tasks, without a database. */
import {
  type ByService,
  catalog,
  type Draft,
  type Message,
  mapServices,
  type ServiceName,
  shop,
} from '@quadrille/events'
import { InventorySet } from '@quadrille/inventory/tables'
import { NotificationLogSet } from '@quadrille/notification/tables'
import { OrderSet } from '@quadrille/order/tables'
import { PaymentSet } from '@quadrille/payment/tables'
import type { PaymentStore } from '@quadrille/payment/tasks/ports'
import type { Step } from '@quadrille/service'
import { fold, outcomeOf, type ReactionMap, type WorkingSet } from '@quadrille/service/tools'
import { ShippingSet } from '@quadrille/shipping/tables'
import { type Handlers, realHandlers } from './handlers.ts'
import { check } from './invariants/check.ts'
import { type MemoryGateway, memoryGateway } from './memory-gateway.ts'
import { createNetwork, turn } from './network.ts'
import type { Plan } from './plan.ts'
import { now } from './run.ts'
import type { World, WorldSetup } from './world.ts'

export interface MemoryWorld extends World {
  readonly orders: OrderSet
  readonly payments: PaymentSet
  readonly inventory: InventorySet
  readonly notifications: NotificationLogSet
  readonly shipments: ShippingSet
  readonly gateway: MemoryGateway
  /** The handled messages of each service, in its own sequence. */
  readonly steps: ByService<readonly Step<unknown, Message>[]>
  /** The history of each order, in the order of the order service. */
  readonly histories: ReadonlyMap<string, readonly Message[]>
  /** From now on duplicates reach the reactions, as in a replay under another id. */
  forgetInboxes(): void
}

/** Half of the worlds have no inboxes: reactions must be idempotent by their state too. */
export const memoryWorld =
  (handlers: Handlers = realHandlers) =>
  ({ plan, random, pool }: WorldSetup): MemoryWorld => {
    const orders = new OrderSet()
    const payments = new PaymentSet()
    const inventory = new InventorySet({ stock: stockOf(plan) })
    const notifications = new NotificationLogSet()
    const shipments = new ShippingSet()
    const services: Record<ServiceName, React> = {
      order: reactOf('order', orders, handlers.order),
      payment: reactOf('payment', payments, handlers.payment),
      inventory: reactOf('inventory', inventory, handlers.inventory),
      notification: reactOf('notification', notifications, handlers.notification),
      shipping: reactOf('shipping', shipments, handlers.shipping),
    }
    const gateway = memoryGateway(pool, createNetwork(pool, random))
    const tasks = handlers.tasks({ gateway, payments: paymentStoreOf(payments) })
    let inbox = random.chance(0.5) ? createInbox() : acceptAll
    const { signal } = new AbortController()
    const done = mapServices((): Step<unknown, Message>[] => [])
    const histories = new Map<string, Message[]>()
    return {
      orders,
      payments,
      inventory,
      notifications,
      shipments,
      gateway,
      steps: done,
      histories,
      forgetInboxes: () => {
        inbox = acceptAll
      },
      apply: async (service, messages) => {
        const fresh = messages.filter((message) => inbox(service, message))
        const steps = services[service](fresh)
        done[service].push(...steps)
        if (service === 'order') for (const step of steps) addToHistory(histories, step)
        return steps.flatMap(({ events, tasks }) => [...events, ...tasks])
      },
      performTask: async (task, number) =>
        outcomeOf((await tasks.get(task.type)?.perform(task, { number, signal })) ?? null),
      afterTaskStart: turn,
      untilTasksEnd: async () => undefined, // all tasks in flight are in the pool
      refusedRound: async (orderId) => {
        const payment = payments.payments.get(orderId)
        return payment?.status === 'refund_failed' ? payment.round : undefined
      },
    }
  }

const addToHistory = (histories: Map<string, Message[]>, { message, events }: Step<unknown, Message>): void => {
  const history = histories.get(message.subject) ?? []
  const isEvent = catalog[message.type].kind === 'event'
  const added = [...(isEvent ? [message] : []), ...events].filter(({ id }) => !history.some((known) => known.id === id))
  histories.set(message.subject, [...history, ...added])
}

/** Whether a message reaches the reactions. */
type Inbox = (service: ServiceName, message: Message) => boolean

const acceptAll: Inbox = () => true

/** Ignores messages that were handled before. @throws if a message has a known id and different content. */
const createInbox = (): Inbox => {
  const handled = new Map<string, string>()
  return (service, { id, type, subject, data }) => {
    const content = JSON.stringify(data)
    const known = handled.get(`${service} ${id}`)
    check(known === undefined || known === content, `no other content arrives under an id: ${type}`, subject)
    handled.set(`${service} ${id}`, content)
    return known === undefined
  }
}

type React = (messages: readonly Message[]) => readonly Step<unknown, Message>[]

const reactOf = <State>(
  service: ServiceName,
  set: WorkingSet<State, Message>,
  reactions: ReactionMap<State, Message, Draft>,
): React => {
  const options = { language: shop, service, reactions, now }
  return (messages) => {
    const { steps, failures } = fold(set, messages, options)
    for (const error of failures.values()) throw error
    return steps
  }
}

const stockOf = ({ stock }: Plan) => [...stock].map(([sku, onHand]) => ({ sku, onHand, reserved: 0 }))

/** The store that payment's tasks use. */
const paymentStoreOf = ({ payments }: PaymentSet): PaymentStore => {
  const findChargeable = ({ orderId, expiresAt }: { orderId: string; expiresAt: string }) => {
    const payment = payments.get(orderId)
    return payment?.status === 'pending' && Date.parse(expiresAt) > now.getTime() ? payment : null
  }
  return {
    read: async (orderId) => payments.get(orderId),
    begin: async ({ reference, ...charge }) => {
      const payment = findChargeable(charge)
      if (!payment) return null
      const begun = { gatewayReference: payment.gatewayReference ?? reference, attempts: payment.attempts + 1 }
      payments.set(charge.orderId, { ...payment, ...begun })
      return { reference: begun.gatewayReference, attempt: begun.attempts }
    },
    isChargeable: async (charge) => findChargeable(charge) !== null,
  }
}
