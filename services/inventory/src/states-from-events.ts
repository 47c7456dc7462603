/**
 * The states of a reservation, from the events of its order. The stock at that time is not in the events. It is assumed to be what
 * inventory's answer implies, and is not shown.
 */
import type { Message } from '@quadrille/events'
import type { StatesFromEvents } from '@quadrille/service'
import { InventorySet } from './db/tables.ts'
import { waitsFor } from './domain/reservation.ts'
import type { InventoryState } from './domain/state.ts'
import { type Stock, sumBySku } from './domain/stock.ts'

export const statesFromEvents: StatesFromEvents<InventoryState, Message> = {
  start: (events) => new InventorySet({ stock: impliedStock(events) }),
  uncertain: ({ reservation }, { type }, events) => {
    const decides =
      reservation !== undefined &&
      ((type === 'OrderPlaced' && waitsFor(reservation, 'order')) ||
        (type === 'PaymentProcessed' && waitsFor(reservation, 'payment')))
    return decides && !events.some(isAnswer)
      ? 'Inventory checks the stock now. The events do not contain its answer.'
      : null
  },
  shown: ({ reservation }) => reservation ?? null,
}

const isAnswer = ({ type }: Message): boolean => type === 'InventoryReserved' || type === 'InventoryRejected'

/** As much as the order needs, except for what was missing. */
const impliedStock = (events: readonly Message[]): Stock[] => {
  const needed = events.flatMap(({ type, data }) =>
    type === 'OrderPlaced' || type === 'InventoryReserved' ? sumBySku(data.lines) : [],
  )
  const missing = events.flatMap(({ type, data }) => (type === 'InventoryRejected' ? data.missing : []))
  const onHand = new Map([
    ...needed.map(({ sku, quantity }) => [sku, quantity] as const),
    ...missing.map(({ sku, available }) => [sku, available] as const),
  ])
  return [...onHand].map(([sku, pieces]) => ({ sku, onHand: pieces, reserved: 0 }))
}
