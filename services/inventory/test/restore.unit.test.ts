/**
 * Events of inventory itself, which it receives again after its database was restored. It stores them, and publishes
 * nothing.
 */
import { newOrderId } from '@quadrille/events'
import { aMessage } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Reservation } from '../src/domain/reservation.ts'
import type { InventoryState } from '../src/domain/state.ts'
import * as restore from '../src/reactions/restore.ts'

const orderId = newOrderId()
const lines = [{ sku: 'mug', quantity: 2 }]
const stock = (onHand: number, reserved: number): InventoryState['stock'] =>
  new Map([['mug', { sku: 'mug', onHand, reserved }]])

const missing = [{ sku: 'mug', requested: 2, available: 1 }]
const decided = (status: 'reserved' | 'rejected' | 'released' | 'committed'): Reservation =>
  status === 'rejected' ? { orderId, lines, status, missing } : { orderId, lines, status }
const waitsForPayment: Reservation = { orderId, lines, status: 'pending', waitsFor: 'payment' }
const waitsForOrder: Reservation = { orderId, lines: [], status: 'pending', waitsFor: 'order' }
const undecided = [undefined, waitsForPayment, waitsForOrder]

const state = (reservation: Reservation | undefined, of = stock(5, 0)): InventoryState => ({ reservation, stock: of })

describe('InventoryReserved', () => {
  const message = aMessage('InventoryReserved', { orderId, lines })
  const react = (given: InventoryState) => restore.inventoryReserved(given, message, noon)

  it.each(undecided)('given no decision, holds the stock again (%#)', (reservation) => {
    expect(react(state(reservation))).toEqual({ state: state(decided('reserved'), stock(5, 2)) })
  })

  it('given too little, because receipts are not restored yet, fails until they are', () => {
    expect(() => react(state(undefined, stock(1, 0)))).toThrow('Stock of mug would be 2 reserved of 1 on hand')
  })

  it.each(['reserved', 'rejected', 'released', 'committed'] as const)(
    'given one that is %s, does nothing',
    (status) => {
      expect(react(state(decided(status)))).toEqual({})
    },
  )
})

describe('InventoryRejected', () => {
  const react = (given: InventoryState) =>
    restore.inventoryRejected(given, aMessage('InventoryRejected', { orderId, missing }), noon)

  it.each(undecided)('given no decision, rejects again, even if there is stock (%#)', (reservation) => {
    expect(react(state(reservation))).toEqual({ state: state(decided('rejected')) })
  })

  it('given the lines of the order, keeps those that were not missing too', () => {
    const ordered = [...lines, { sku: 'tea', quantity: 1 }]
    expect(react(state({ ...waitsForPayment, lines: ordered }))).toEqual({
      state: state({ orderId, lines: ordered, status: 'rejected', missing }),
    })
  })

  it.each(['reserved', 'rejected', 'released', 'committed'] as const)(
    'given one that is %s, does nothing',
    (status) => {
      expect(react(state(decided(status)))).toEqual({})
    },
  )
})

describe('InventoryReleased', () => {
  const react = (given: InventoryState) =>
    restore.inventoryReleased(given, aMessage('InventoryReleased', { orderId, lines }), noon)

  it.each(undecided)('given nothing held, frees nothing (%#)', (reservation) => {
    expect(react(state(reservation))).toEqual({ state: state(decided('released')) })
  })

  it('given a hold, frees it', () => {
    expect(react(state(decided('reserved'), stock(5, 2)))).toEqual({ state: state(decided('released')) })
  })

  it.each(['rejected', 'released', 'committed'] as const)('given one that is %s, does nothing', (status) => {
    expect(react(state(decided(status)))).toEqual({})
  })
})
