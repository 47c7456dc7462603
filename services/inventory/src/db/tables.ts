/** The working set of the inventory service's reactions: reservations, the stock of their SKUs, and photos. */
import type { Message } from '@quadrille/events'
import type { Statement } from '@quadrille/postgres'
import { RowSet, type StoredWorkingSet, type Tables, writeIfAny } from '@quadrille/service'
import type { Photo } from '../domain/photo.ts'
import type { Reservation } from '../domain/reservation.ts'
import type { InventoryState } from '../domain/state.ts'
import type { Stock } from '../domain/stock.ts'
import { insertPhotos, lockPhotos, updatePhotos } from './photo-table.ts'
import { insertReservations, lockReservations, updateReservations } from './reservation-table.ts'
import { lockClaimedStock, updateStock } from './stock-table.ts'

/** Locks reservations before stock, each in the order of their keys, so that batches do not deadlock. */
export const tables: Tables<InventoryState, Message> = {
  ownRows: [
    { table: 'reservation', column: 'order_id' },
    { table: 'photo', column: 'photo_id' },
  ],
  sharesRows: true,
  load: async (sql, { messages, ...load }) => {
    const lines = messages.flatMap((message) => skusIn(message).map((sku) => ({ orderId: message.subject, sku })))
    const [reservations, stock, photos] = await Promise.all([
      lockReservations(sql, load.claimedSql),
      lockClaimedStock(sql, lines, load),
      messages.some(isAboutPhoto) ? lockPhotos(sql, load.claimedSql) : [], // no statement more for orders
    ])
    return new InventorySet({ reservations, stock: stock.stock, lockedSkus: stock.lockedElsewhere, photos })
  },
}

interface FoundRows {
  readonly reservations?: readonly Reservation[]
  readonly stock?: readonly Stock[]
  readonly lockedSkus?: ReadonlySet<string>
  readonly photos?: readonly Photo[]
}

/** Empty by default, for reactions that run in memory. */
export class InventorySet implements StoredWorkingSet<InventoryState, Message> {
  readonly reservations: RowSet<Reservation>
  readonly stock: RowSet<Stock>
  readonly photos: RowSet<Photo>

  readonly #lockedSkus: ReadonlySet<string>

  constructor({ reservations, stock, lockedSkus = new Set(), photos }: FoundRows = {}) {
    this.#lockedSkus = lockedSkus
    this.reservations = new RowSet(({ orderId }) => orderId, reservations)
    this.stock = new RowSet(({ sku }) => sku, stock)
    this.photos = new RowSet(({ photoId }) => photoId, photos)
  }

  isLocked(message: Message): boolean {
    return this.#skusFor(message).some((sku) => this.#lockedSkus.has(sku))
  }

  of(message: Message): InventoryState {
    const reservation = this.reservations.get(message.subject)
    const stock = this.#skusFor(message).flatMap((sku) => this.stock.get(sku) ?? [])
    const photo = this.photos.get(message.subject)
    return { reservation, stock: new Map(stock.map((found) => [found.sku, found])), photo }
  }

  put({ subject }: Message, { reservation, stock, photo }: InventoryState): void {
    if (reservation) this.reservations.set(subject, reservation)
    if (photo) this.photos.set(subject, photo)
    for (const [sku, changed] of stock) this.stock.set(sku, changed)
  }

  #skusFor(message: Message): readonly string[] {
    const reserved = this.reservations.get(message.subject)?.lines ?? []
    return [...new Set([...skusIn(message), ...reserved.map(({ sku }) => sku)])]
  }

  /** Each SKU's row is written once, however many orders have changed it. */
  changes(): Statement[] {
    return [
      ...this.reservations.changes({ insert: insertReservations, update: updateReservations }),
      ...writeIfAny(this.stock.updated(), updateStock),
      ...this.photos.changes({ insert: insertPhotos, update: updatePhotos }),
    ]
  }
}

/** The SKUs in a message that may create or fill a reservation. Other messages are about the SKUs of the reservation. */
const skusIn = ({ type, data }: Message): string[] =>
  type === 'OrderPlaced' || type === 'InventoryReserved' ? data.lines.map(({ sku }) => sku) : []

const isAboutPhoto = ({ type }: Message): boolean =>
  type === 'PhotoUploaded' || type === 'PhotoProcessed' || type === 'PhotoRejected'
