/** The working set of the inventory service's reactions: reservations, and the stock of their SKUs. */
import type { Message } from '@quadrille/events'
import type { Statement } from '@quadrille/postgres'
import { RowSet, type StoredWorkingSet, type Tables, unlessEmpty } from '@quadrille/service'
import type { InventoryState, Reservation } from '../domain/reservation.ts'
import type { Stock } from '../domain/stock.ts'
import { insertReservations, lockReservations, updateReservations } from './reservation-table.ts'
import { findSkus, lockFreeStock, lockStock, updateStock } from './stock-table.ts'

/** Locks reservations before stock, each in the order of their keys, so that batches do not deadlock. */
export const tables: Tables<InventoryState, Message> = {
  ownRows: [{ table: 'reservation', subject: 'order_id' }],
  sharesRows: true,
  load: async (sql, messages, { waits = true } = {}) => {
    const reservations = await lockReservations(sql, [...new Set(messages.map(({ subject }) => subject))])
    const skus = skusOf(messages, reservations)
    if (waits) return new InventorySet(reservations, await lockStock(sql, skus))
    const [free, existing] = await Promise.all([lockFreeStock(sql, skus), findSkus(sql, skus)])
    const locked = existing.filter((sku) => !free.some((stock) => stock.sku === sku))
    return new InventorySet(reservations, free, new Set(locked))
  },
}

/** Without arguments: an empty set, for reactions that run in memory. */
export class InventorySet implements StoredWorkingSet<InventoryState, Message> {
  readonly reservations: RowSet<Reservation>
  readonly stock: RowSet<Stock>

  readonly #lockedSkus: ReadonlySet<string>

  constructor(
    reservations: readonly Reservation[] = [],
    stock: readonly Stock[] = [],
    lockedSkus: ReadonlySet<string> = new Set(),
  ) {
    this.#lockedSkus = lockedSkus
    this.reservations = new RowSet(reservations, ({ orderId }) => orderId)
    this.stock = new RowSet(stock, ({ sku }) => sku)
  }

  isLocked(message: Message): boolean {
    return this.#skusOf(message).some((sku) => this.#lockedSkus.has(sku))
  }

  of(message: Message): InventoryState {
    const reservation = this.reservations.get(message.subject)
    const stock = this.#skusOf(message).flatMap((sku) => this.stock.get(sku) ?? [])
    return { reservation, stock: new Map(stock.map((found) => [found.sku, found])) }
  }

  put({ subject }: Message, { reservation, stock }: InventoryState): void {
    if (reservation) this.reservations.set(subject, reservation)
    for (const [sku, changed] of stock) this.stock.set(sku, changed)
  }

  #skusOf(message: Message): readonly string[] {
    const reservation = this.reservations.get(message.subject)
    return skusOf([message], reservation ? [reservation] : [])
  }

  /** Each SKU's row is written once, however many orders have changed it. */
  changes(): Statement[] {
    return [
      ...this.reservations.changes({ insert: insertReservations, update: updateReservations }),
      ...unlessEmpty(this.stock.updated(), updateStock),
    ]
  }
}

/** Order events and reservations contain SKUs. A payment event does not, so its SKUs come from the reservation. */
const skusOf = (messages: readonly Message[], reservations: readonly Reservation[]): string[] => {
  const fromMessages = messages.flatMap(({ type, data }) =>
    type === 'OrderPlaced' || type === 'InventoryReserved' ? data.lines : [],
  )
  const fromReservations = reservations.flatMap(({ lines }) => lines)
  return [...new Set([...fromMessages, ...fromReservations].map(({ sku }) => sku))]
}
