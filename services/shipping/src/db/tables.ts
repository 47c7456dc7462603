/** The working set of the shipping service's reactions: shipments and their parcels. */
import type { Message } from '@quadrille/events'
import type { Statement } from '@quadrille/postgres'
import { RowSet, type StoredWorkingSet, type Tables, writeIfAny } from '@quadrille/service'
import { type Parcel, type ShippingState, statusOf } from '../domain/shipment.ts'
import {
  findParcels,
  insertParcels,
  insertShipments,
  lockShipments,
  type ShipmentRow,
  updateShipments,
} from './shipment-table.ts'

export const tables: Tables<ShippingState, Message> = {
  ownRows: [{ table: 'shipment', column: 'order_id' }],
  claimsOf: (message) => keyOf(message) ?? [],
  load: async (sql, { messages, claimedSql }) => {
    const keys = messages.flatMap((message) => keyOf(message) ?? [])
    return new ShippingSet(...(await Promise.all([lockShipments(sql, claimedSql), findParcels(sql, claimedSql, keys)])))
  },
}

/** Empty by default, for reactions that run in memory. */
export class ShippingSet implements StoredWorkingSet<ShippingState, Message> {
  readonly #shipments: RowSet<ShipmentRow>
  readonly #parcels: RowSet<Parcel>
  readonly #byOrder: Map<string, readonly Parcel[]>
  readonly #byKey: Map<string, Parcel>
  readonly #traces = new Map<string, string>()

  constructor(shipments: readonly ShipmentRow[] = [], parcels: readonly Parcel[] = []) {
    this.#shipments = new RowSet(({ orderId }) => orderId, shipments)
    this.#parcels = new RowSet(({ id }) => id, parcels)
    this.#byOrder = Map.groupBy(parcels, ({ orderId }) => orderId)
    this.#byKey = new Map(parcels.flatMap((parcel) => (parcel.idempotencyKey ? [[parcel.idempotencyKey, parcel]] : [])))
  }

  of(message: Message): ShippingState {
    const orderId = message.subject
    const [key] = keyOf(message) ?? []
    return {
      shipment: this.#shipments.get(orderId) && { orderId, parcels: this.#byOrder.get(orderId) ?? [] },
      parcelWithSameKey: key === undefined ? undefined : this.#byKey.get(key),
    }
  }

  put({ subject: orderId, traceparent }: Message, { shipment }: ShippingState): void {
    if (!shipment) return
    const status = statusOf(shipment)
    if (this.#shipments.get(orderId)?.status !== status) this.#shipments.set(orderId, { orderId, status })
    this.#byOrder.set(orderId, shipment.parcels)
    for (const parcel of shipment.parcels) {
      this.#parcels.set(parcel.id, parcel)
      if (parcel.idempotencyKey !== null) this.#byKey.set(parcel.idempotencyKey, parcel)
    }
    if (traceparent) this.#traces.set(orderId, traceparent)
  }

  changes(): Statement[] {
    return [
      ...this.#shipments.changes({ insert: (fresh) => insertShipments(fresh, this.#traces), update: updateShipments }),
      ...writeIfAny(this.#parcels.inserted(), insertParcels),
    ]
  }
}

const keyOf = (message: Message): readonly [string] | undefined =>
  message.type === 'DispatchRequested' && message.data.idempotencyKey !== undefined
    ? [message.data.idempotencyKey]
    : undefined
