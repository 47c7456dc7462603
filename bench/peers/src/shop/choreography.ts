/** The steps as a choreography of four services: the events, who consumes them, and what a service does with each. */
import type { QueryConfig } from 'pg'
import { v7 as uuidv7 } from 'uuid'
import type { Order } from './order.ts'
import { charge, notify, reserve, settle, ship } from './steps.ts'
import type { Part } from './tables.ts'

export type EventType = 'OrderPlaced' | 'PaymentProcessed' | 'InventoryReserved' | 'OrderFulfilled'

/** Each event carries the order, so that a service needs no copy of the order from an earlier event. */
export interface ShopEvent {
  readonly id: string
  readonly type: EventType
  readonly order: Order
}

/** A reaction to an event: a change of state, and the event that follows. */
export interface Reaction {
  readonly state: QueryConfig
  readonly next?: ShopEvent
}

export interface Service {
  readonly tables: Part
  /** The reaction to each event that the service consumes. */
  readonly reactions: Readonly<Partial<Record<EventType, (order: Order) => Reaction>>>
}

/** Each also names the schema and the queue of the service; `order` alone is a word of SQL. */
export type ServiceName = 'shop_order' | 'payment' | 'inventory' | 'notification'

/** Creates an event with a new id. */
export const newEvent = (type: EventType, order: Order): ShopEvent => ({ id: uuidv7(), type, order })

export const services: Readonly<Record<ServiceName, Service>> = {
  shop_order: {
    tables: 'orders',
    reactions: {
      InventoryReserved: (order) => ({ state: settle(order.id), next: newEvent('OrderFulfilled', order) }),
    },
  },
  payment: {
    tables: 'payments',
    reactions: {
      OrderPlaced: (order) => ({ state: charge(order), next: newEvent('PaymentProcessed', order) }),
    },
  },
  inventory: {
    tables: 'inventory',
    reactions: {
      PaymentProcessed: (order) => ({ state: reserve(order), next: newEvent('InventoryReserved', order) }),
      OrderFulfilled: (order) => ({ state: ship(order.id) }),
    },
  },
  notification: {
    tables: 'notifications',
    reactions: {
      OrderFulfilled: (order) => ({ state: notify(order) }),
    },
  },
}

export const serviceNames = Object.keys(services) as ServiceName[]

/** @throws if the service does not consume such events. */
export const react = (service: ServiceName, { type, order }: ShopEvent): Reaction => {
  const reaction = services[service].reactions[type]
  if (!reaction) throw new Error(`${service} does not consume ${type}.`)
  return reaction(order)
}
