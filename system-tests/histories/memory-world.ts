/** The services in memory: their real reactions and payment's real tasks, on working sets without a database. */
import { type Draft, type Message, type ServiceName, shop } from '@quadrille/events'
import { InventorySet } from '@quadrille/inventory/tables'
import { NotificationLogSet } from '@quadrille/notification/tables'
import { OrderSet } from '@quadrille/order/tables'
import { PaymentSet } from '@quadrille/payment/tables'
import type { PaymentStore } from '@quadrille/payment/tasks/ports'
import { fold, outcomeOf, type ReactionMap, type Step, type WorkingSet } from '@quadrille/service'
import { type Cast, originals } from './cast.ts'
import { type MemoryGateway, memoryGateway } from './memory-gateway.ts'
import { createNetwork, turn } from './network.ts'
import { now } from './performance.ts'
import type { Plan } from './plan.ts'
import type { Surroundings, World } from './world.ts'

export interface MemoryWorld extends World {
  readonly orders: OrderSet
  readonly payments: PaymentSet
  readonly inventory: InventorySet
  readonly notifications: NotificationLogSet
  readonly gateway: MemoryGateway
  /** From now on repetitions reach the reactions, as in a replay under another id. */
  forgetInboxes(): void
}

/** Half of the worlds have no inboxes: reactions must be idempotent by their state too. */
export const memoryWorld =
  (cast: Cast = originals) =>
  ({ plan, random, bag }: Surroundings): MemoryWorld => {
    const orders = new OrderSet()
    const payments = new PaymentSet()
    const inventory = new InventorySet([], stockOf(plan))
    const notifications = new NotificationLogSet()
    const services: Record<ServiceName, Player> = {
      order: player('order', orders, cast.order),
      payment: player('payment', payments, cast.payment),
      inventory: player('inventory', inventory, cast.inventory),
      notification: player('notification', notifications, cast.notification),
    }
    const gateway = memoryGateway(bag, createNetwork(bag, random))
    const tasks = cast.tasks({ gateway, payments: booksOf(payments) })
    let inbox = random.chance(0.5) ? createInbox() : everything
    const { signal } = new AbortController()
    return {
      orders,
      payments,
      inventory,
      notifications,
      gateway,
      forgetInboxes: () => {
        inbox = everything
      },
      apply: async (service, messages) => {
        const fresh = messages.filter((message) => inbox(service, message))
        return services[service](fresh).flatMap(({ events, tasks }) => [...events, ...tasks])
      },
      work: async (task, number) => outcomeOf((await tasks.get(task.type)?.perform(task, { number, signal })) ?? null),
      pace: turn,
      idle: async () => undefined, // everything in flight is in the bag
      refusedRound: async (orderId) => {
        const payment = payments.payments.get(orderId)
        return payment?.status === 'refund_failed' ? payment.round : undefined
      },
    }
  }

/** Whether a message reaches the reactions. */
type Inbox = (service: ServiceName, message: Message) => boolean

const everything: Inbox = () => true

/** A handled message is a repetition. @throws if it has the same id, but other content. */
const createInbox = (): Inbox => {
  const handled = new Map<string, string>()
  return (service, { id, type, data }) => {
    const content = JSON.stringify(data)
    const known = handled.get(`${service} ${id}`)
    if (known !== undefined && known !== content)
      throw new Error(`${type} arrived again under its id with other content`)
    handled.set(`${service} ${id}`, content)
    return known === undefined
  }
}

type Player = (messages: readonly Message[]) => readonly Step<unknown, Message>[]

const player = <State>(
  service: ServiceName,
  set: WorkingSet<State, Message>,
  reactions: ReactionMap<State, Message, Draft>,
): Player => {
  const options = { language: shop, service, reactions, now }
  return (messages) => {
    const { steps, failures } = fold(set, messages, options)
    for (const error of failures.values()) throw error
    return steps
  }
}

const stockOf = ({ stock }: Plan) => [...stock].map(([sku, onHand]) => ({ sku, onHand, reserved: 0 }))

/** Payment's store for its tasks. */
const booksOf = ({ payments }: PaymentSet): PaymentStore => ({
  read: async (orderId) => payments.get(orderId),
  begin: async ({ orderId, reference, expiresAt }) => {
    const payment = payments.get(orderId)
    if (payment?.status !== 'pending' || Date.parse(expiresAt) <= now.getTime()) return null
    const begun = { gatewayReference: payment.gatewayReference ?? reference, attempts: payment.attempts + 1 }
    payments.set(orderId, { ...payment, ...begun })
    return { reference: begun.gatewayReference, attempt: begun.attempts }
  },
})
