import { draft, newOrderId } from '@quadrille/events'
import { aMessage, anOrder, aPlacedOrder } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Reservation } from '../src/domain/reservation.ts'
import type { InventoryState } from '../src/domain/state.ts'
import type { Stock } from '../src/domain/stock.ts'
import { orderCancelled, orderFulfilled } from '../src/reactions/endings.ts'
import { orderPlaced, paymentProcessed } from '../src/reactions/reservation.ts'

const orderId = newOrderId()
const order = anOrder(orderId)
const lines = [
  { sku: 'mug', quantity: 2 },
  { sku: 'tea', quantity: 1 },
]

const messages = {
  placed: aMessage('OrderPlaced', aPlacedOrder(orderId)),
  paid: aMessage('PaymentProcessed', { orderId, amount: order.total, currency: 'EUR', gatewayReference: 'g1' }),
  fulfilled: aMessage('OrderFulfilled', order),
  cancelled: aMessage('OrderCancelled', { ...order, reason: 'customer' }),
}

const of = (...stock: Stock[]): InventoryState['stock'] => new Map(stock.map((each) => [each.sku, each]))
const plenty = of({ sku: 'mug', onHand: 10, reserved: 4 }, { sku: 'tea', onHand: 5, reserved: 0 })
const held = of({ sku: 'mug', onHand: 10, reserved: 6 }, { sku: 'tea', onHand: 5, reserved: 1 })
const exactly = of({ sku: 'mug', onHand: 2, reserved: 0 }, { sku: 'tea', onHand: 1, reserved: 0 })

const waitingForPayment: Reservation = { orderId, lines, status: 'pending', waitsFor: 'payment' }
const waitingForOrder: Reservation = { orderId, lines: [], status: 'pending', waitsFor: 'order' }
const reserved: Reservation = { orderId, lines, status: 'reserved' }
const missing = [{ sku: 'mug', requested: 2, available: 1 }]
const rejected: Reservation = { orderId, lines, status: 'rejected', missing }
const tombstone: Reservation = { orderId, lines: [], status: 'released' }
const released: Reservation = { orderId, lines, status: 'released' }
const committed: Reservation = { orderId, lines, status: 'committed' }

const state = (reservation: Reservation | undefined, stock = plenty): InventoryState => ({ reservation, stock })

const itDoesNothing = (react: (given: InventoryState) => unknown, given: readonly Reservation[]) =>
  it.each(given)('given a reservation that is $status, does nothing', (reservation) => {
    expect(react(state(reservation))).toEqual({})
  })

/** Both triggers lead to the same decision, whichever comes last. */
const itReserves = (react: (given: InventoryState) => unknown, waiting: Reservation) => {
  it('given enough of everything, holds all lines and publishes that', () => {
    expect(react(state(waiting))).toEqual({
      state: state(reserved, held),
      events: [draft('InventoryReserved', { orderId, lines })],
    })
  })

  it('given exactly enough, holds the last pieces', () => {
    expect(react(state(waiting, exactly))).toMatchObject({ state: { reservation: reserved } })
  })

  it('given too little of one SKU, holds nothing, and publishes what is missing', () => {
    const stock = of({ sku: 'mug', onHand: 10, reserved: 9 }, { sku: 'tea', onHand: 5, reserved: 0 })
    expect(react(state(waiting, stock))).toEqual({
      state: state(rejected, stock),
      events: [draft('InventoryRejected', { orderId, missing })],
    })
  })

  it('given a SKU that is not in the catalog, rejects with none available', () => {
    const stock = of({ sku: 'mug', onHand: 10, reserved: 0 })
    const missing = [{ sku: 'tea', requested: 1, available: 0 }]
    expect(react(state(waiting, stock))).toEqual({
      state: state({ ...rejected, missing }, stock),
      events: [draft('InventoryRejected', { orderId, missing })],
    })
  })
}

describe('OrderPlaced', () => {
  const react = (given: InventoryState) => orderPlaced(given, messages.placed, noon)

  it('given nothing, waits for the payment and holds nothing yet', () => {
    expect(react(state(undefined))).toEqual({ state: state(waitingForPayment) })
  })

  it('sums a SKU that is on two lines', () => {
    const twice = { ...aPlacedOrder(orderId), lines: [...order.lines, { sku: 'mug', quantity: 9, unitPrice: 1 }] }
    const decision = orderPlaced(state(waitingForOrder), aMessage('OrderPlaced', twice), noon)
    expect(decision.events).toEqual([
      draft('InventoryRejected', { orderId, missing: [{ sku: 'mug', requested: 11, available: 6 }] }),
    ])
  })

  describe('after the payment has overtaken it', () => itReserves(react, waitingForOrder))

  itDoesNothing(react, [waitingForPayment, reserved, rejected, tombstone, released, committed])
})

describe('PaymentProcessed', () => {
  const react = (given: InventoryState) => paymentProcessed(given, messages.paid, noon)

  it('given nothing, waits for the order', () => {
    expect(react(state(undefined, of()))).toEqual({ state: state(waitingForOrder, of()) })
  })

  describe('after the order was placed', () => itReserves(react, waitingForPayment))

  itDoesNothing(react, [waitingForOrder, reserved, rejected, tombstone, released, committed])
})

describe('OrderCancelled', () => {
  const react = (given: InventoryState) => orderCancelled(given, messages.cancelled, noon)
  const nothingReleased = [draft('InventoryReleased', { orderId, lines: [] })]

  it('given nothing, answers at once and leaves a tombstone', () => {
    expect(react(state(undefined))).toEqual({ state: state(tombstone), events: nothingReleased })
  })

  it.each([waitingForPayment, waitingForOrder])(
    'given a reservation that waits for the $waitsFor, answers that nothing was held',
    (pending) => {
      expect(react(state(pending))).toEqual({ state: state(tombstone), events: nothingReleased })
    },
  )

  it('given a reservation, frees its stock and publishes that', () => {
    expect(react(state(reserved, held))).toEqual({
      state: state(released, plenty),
      events: [draft('InventoryReleased', { orderId, lines })],
    })
  })

  itDoesNothing(react, [rejected, tombstone, released])

  it('given a committed reservation, throws, because the order must have been fulfilled', () => {
    expect(() => react(state(committed))).toThrow('its reservation is committed: run npm run audit')
  })
})

describe('OrderFulfilled', () => {
  const react = (given: InventoryState) => orderFulfilled(given, messages.fulfilled, noon)

  it('given a reservation, commits it: on hand and reserved both fall', () => {
    expect(react(state(reserved, held))).toEqual({
      state: state(committed, of({ sku: 'mug', onHand: 8, reserved: 4 }, { sku: 'tea', onHand: 4, reserved: 0 })),
    })
  })

  itDoesNothing(react, [committed])

  it.each([rejected, tombstone])('given a reservation that is $status, throws', (reservation) => {
    expect(() => react(state(reservation))).toThrow(`its reservation is ${reservation.status}: run npm run audit`)
  })

  it.each([undefined, waitingForPayment, waitingForOrder])('given a restored database, throws (%#)', (reservation) => {
    expect(() => react(state(reservation))).toThrow('its stock is not reserved yet: run npm run reconcile')
  })

  it('throws instead of taking more than is held', () => {
    const inconsistent = of({ sku: 'mug', onHand: 10, reserved: 1 }, { sku: 'tea', onHand: 5, reserved: 1 })
    expect(() => react(state(reserved, inconsistent))).toThrow(RangeError)
  })
})
