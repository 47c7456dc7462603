import { describe, expect, it } from 'vitest'
import { orderRequestExample } from '../src/http/examples.ts'
import { orderRequest } from '../src/http/schema.ts'

const line = { sku: 'mug', quantity: 2, unitPrice: 1_250 }
const costly = { sku: 'mug', quantity: 1_000_000, unitPrice: 1_000_001 }

const faults = (change: object) => {
  const { error } = orderRequest.safeParse({ ...orderRequestExample, ...change })
  return error?.issues.map(({ path }) => path.join('/'))
}

describe('the total of an order', () => {
  it.each([
    ['a negative quantity', { ...line, quantity: -1 }, 'quantity'],
    ['a negative price', { ...line, unitPrice: -5 }, 'unitPrice'],
    ['a quantity that is too large', { ...costly, quantity: 10_000_000 }, 'quantity'],
  ])('is not checked with %s', (_, invalid, field) => {
    expect(faults({ lines: [invalid] })).toEqual([`lines/0/${field}`])
  })

  it('is checked beside the other fields', () => {
    expect(faults({ lines: [line, costly], currency: 'XYZ' })).toEqual(['currency', 'lines'])
  })
})
