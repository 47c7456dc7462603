import { expect, it } from 'vitest'
import { handledEvents } from '../src/domain/handled-events.ts'

const ofOrder = { orderId: 'o', lines: [] } as const

it.each([
  [{ ...ofOrder, status: 'pending', waitsFor: 'order' } as const, ['PaymentProcessed']],
  [{ ...ofOrder, status: 'pending', waitsFor: 'payment' } as const, ['OrderPlaced']],
  [{ ...ofOrder, status: 'reserved' } as const, ['OrderPlaced', 'PaymentProcessed']],
  [{ ...ofOrder, status: 'rejected', missing: [] } as const, ['OrderPlaced', 'PaymentProcessed', 'OrderCancelled']],
  [{ ...ofOrder, status: 'released' } as const, ['OrderCancelled']],
  [{ ...ofOrder, status: 'committed' } as const, ['OrderPlaced', 'PaymentProcessed', 'OrderFulfilled']],
])('%o has handled %o', (reservation, handled) => {
  expect(handledEvents(reservation)).toEqual(handled)
})
