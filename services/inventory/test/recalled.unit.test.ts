/** What inventory has said itself, and is told again after its database was restored: it books it, and says nothing. */
import { newOrderId } from '@quadrille/events'
import { aMessage } from '@quadrille/shop-testing'
import { noon } from '@quadrille/testing'
import { describe, expect, it } from 'vitest'
import type { Claim, Reservation } from '../src/domain/reservation.ts'
import { recalled } from '../src/reactions/recalled.ts'

const orderId = newOrderId()
const lines = [{ sku: 'mug', quantity: 2 }]
const stock = (onHand: number, reserved: number): Claim['stock'] => new Map([['mug', { sku: 'mug', onHand, reserved }]])

const missing = [{ sku: 'mug', requested: 2, available: 1 }]
const decided = (status: 'reserved' | 'rejected' | 'released' | 'committed'): Reservation =>
  status === 'rejected' ? { orderId, lines, status, missing } : { orderId, lines, status }
const waitsForPayment: Reservation = { orderId, lines, status: 'pending', waitsFor: 'payment' }
const waitsForOrder: Reservation = { orderId, lines: [], status: 'pending', waitsFor: 'order' }
const undecided = [undefined, waitsForPayment, waitsForOrder]

const claim = (reservation: Reservation | undefined, of = stock(5, 0)): Claim => ({ reservation, stock: of })

describe('InventoryReserved', () => {
  const message = aMessage('InventoryReserved', { orderId, lines })
  const react = (given: Claim) => recalled.InventoryReserved(given, message, noon)

  it.each(undecided)('given no decision, holds what it held (%#)', (reservation) => {
    expect(react(claim(reservation))).toEqual({ state: claim(decided('reserved'), stock(5, 2)) })
  })

  it('given too little, as what came in since is not booked, is a fault until it is', () => {
    expect(() => react(claim(undefined, stock(1, 0)))).toThrow('Stock of mug would be 2 reserved of 1 on hand')
  })

  it.each(['reserved', 'rejected', 'released', 'committed'] as const)(
    'given one that is %s, does nothing',
    (status) => {
      expect(react(claim(decided(status)))).toEqual({})
    },
  )
})

describe('InventoryRejected', () => {
  const react = (given: Claim) =>
    recalled.InventoryRejected(given, aMessage('InventoryRejected', { orderId, missing }), noon)

  it.each(undecided)('given no decision, rejects again, however much there is (%#)', (reservation) => {
    expect(react(claim(reservation))).toEqual({ state: claim(decided('rejected')) })
  })

  it.each(['reserved', 'rejected', 'released', 'committed'] as const)(
    'given one that is %s, does nothing',
    (status) => {
      expect(react(claim(decided(status)))).toEqual({})
    },
  )
})

describe('InventoryReleased', () => {
  const react = (given: Claim) =>
    recalled.InventoryReleased(given, aMessage('InventoryReleased', { orderId, lines }), noon)

  it.each(undecided)('given nothing held, frees nothing (%#)', (reservation) => {
    expect(react(claim(reservation))).toEqual({ state: claim(decided('released')) })
  })

  it('given a hold, frees it', () => {
    expect(react(claim(decided('reserved'), stock(5, 2)))).toEqual({ state: claim(decided('released')) })
  })

  it.each(['rejected', 'released', 'committed'] as const)('given one that is %s, does nothing', (status) => {
    expect(react(claim(decided(status)))).toEqual({})
  })
})
