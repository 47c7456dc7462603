/** The working set of the inventory service's reactions: reservations, and the stock of the SKUs that they are about. */
import type { Message } from '@quadrille/events'
import type { Sql } from '@quadrille/postgres'
import { RowSet, type StoredWorkingSet, type Tables } from '@quadrille/service'
import type { Claim, Reservation } from '../domain/reservation.ts'
import type { Stock } from '../domain/stock.ts'
import { insertReservations, lockReservations, updateReservations } from './reservation-table.ts'
import { lockStock, updateStock } from './stock-table.ts'

/** Locks reservations before stock, and each in the order of their keys: no two batches wait for each other in a circle. */
export const tables: Tables<Claim> = {
  load: async (sql, messages) => {
    const reservations = await lockReservations(sql, [...new Set(messages.map(({ subject }) => subject))])
    const stock = await lockStock(sql, skusOf(messages, reservations))
    return new InventorySet(reservations, stock)
  },
}

/** Without arguments an empty set, for reactions that are run in memory. */
export class InventorySet implements StoredWorkingSet<Claim> {
  readonly reservations: RowSet<Reservation>
  readonly stock: RowSet<Stock>

  constructor(reservations: readonly Reservation[] = [], stock: readonly Stock[] = []) {
    this.reservations = new RowSet(reservations, ({ orderId }) => orderId)
    this.stock = new RowSet(stock, ({ sku }) => sku)
  }

  of(message: Message): Claim {
    const reservation = this.reservations.get(message.subject)
    const stock = skusOf([message], reservation ? [reservation] : []).flatMap((sku) => this.stock.get(sku) ?? [])
    return { reservation, stock: new Map(stock.map((found) => [found.sku, found])) }
  }

  put({ subject }: Message, { reservation, stock }: Claim): void {
    if (reservation) this.reservations.set(subject, reservation)
    for (const [sku, changed] of stock) this.stock.set(sku, changed)
  }

  /** Each SKU's row is written once, however many orders have changed it. */
  async save(sql: Sql): Promise<void> {
    const inserted = this.reservations.inserted()
    const updated = this.reservations.updated()
    const stock = this.stock.updated()
    await Promise.all([
      inserted.length > 0 && insertReservations(sql, inserted),
      updated.length > 0 && updateReservations(sql, updated),
      stock.length > 0 && updateStock(sql, stock),
    ])
  }
}

/** Orders say what they are about, and so does a hold; payments don't, but then the reservation does, as far as it knows. */
const skusOf = (messages: readonly Message[], reservations: readonly Reservation[]): string[] => {
  const said = messages.flatMap(({ type, data }) =>
    type === 'OrderPlaced' || type === 'InventoryReserved' ? data.lines : [],
  )
  const known = reservations.flatMap(({ lines }) => lines)
  return [...new Set([...said, ...known].map(({ sku }) => sku))]
}
