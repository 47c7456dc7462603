/** The working set of the order service's reactions: orders, their histories and parcels, and the first responses to their idempotency keys. */
import { catalog, type Message } from '@quadrille/events'
import type { Statement } from '@quadrille/postgres'
import { RowSet, type Step, type StoredWorkingSet, type Tables, writeIfAny } from '@quadrille/service'
import type { Order } from '../domain/order.ts'
import { view } from '../domain/view.ts'
import { insertHistory } from './history-table.ts'
import { type FirstResponse, findFirstResponses, insertFirstResponses } from './idempotency-table.ts'
import { findOrders, insertOrders, lockOrders, updateOrders } from './order-table.ts'
import { insertParcels } from './parcel-table.ts'

export const tables: Tables<Order | undefined, Message> = {
  ownRows: [{ table: 'customer_order', column: 'id' }],
  claimsOf: (message) => keysOf([message]),
  load: async (sql, { messages, claimedSql }) => {
    const used = keysOf(messages)
    const [orders, firstResponses] = await Promise.all([
      lockOrders(sql, claimedSql),
      used.length > 0 ? findFirstResponses(sql, used) : [],
    ])
    const loaded = new Set(orders.map(({ id }) => id))
    const placed = firstResponses.map(({ orderId }) => orderId).filter((id) => !loaded.has(id))
    // not locked, because a repeated submission does not change them
    const placedOrders = placed.length > 0 ? await findOrders(sql, placed) : []
    return new OrderSet([...orders, ...placedOrders], firstResponses)
  },
}

/** Empty by default, for reactions that run in memory. */
export class OrderSet implements StoredWorkingSet<Order | undefined, Message> {
  readonly orders: RowSet<Order>
  readonly #firstResponses: RowSet<FirstResponse>

  constructor(orders: readonly Order[] = [], firstResponses: readonly FirstResponse[] = []) {
    this.orders = new RowSet(({ id }) => id, orders)
    this.#firstResponses = new RowSet(({ key }) => key, firstResponses)
  }

  /** A submission with a used idempotency key refers to the order that was placed under this key. */
  of(message: Message): Order | undefined {
    const used = idempotencyOf(message)
    return this.orders.get((used && this.#firstResponses.get(used.key)?.orderId) ?? message.subject)
  }

  put(message: Message, order: Order): void {
    this.orders.set(order.id, order)
    const used = idempotencyOf(message)
    if (used) this.#firstResponses.set(used.key, { ...used, orderId: order.id, response: view(order) })
  }

  changes(steps: readonly Step<unknown, Message>[]): Statement[] {
    const events = steps.flatMap(({ message, events: published }) => [
      ...(catalog[message.type].kind === 'event' ? [message] : []),
      ...published,
    ])
    const parcels = events.filter((event) => event.type === 'ShipmentDispatched')
    return [
      ...this.orders.changes({ insert: insertOrders, update: updateOrders }),
      ...writeIfAny(this.#firstResponses.inserted(), insertFirstResponses),
      ...writeIfAny(events, insertHistory),
      ...writeIfAny(parcels, insertParcels),
    ]
  }
}

const keysOf = (messages: readonly Message[]): string[] =>
  messages.flatMap((message) => idempotencyOf(message)?.key ?? [])

const idempotencyOf = (message: Message) => (message.type === 'OrderSubmitted' ? message.data.idempotency : undefined)
