import { describe, expect, it } from 'vitest'
import { missingOf, unknownLines } from '../src/domain/stock-check.ts'

const lines = [
  { sku: 'mug', quantity: 2 },
  { sku: 'vase', quantity: 1 },
  { sku: 'mug', quantity: 3 },
]

describe('the check of an order', () => {
  it('finds each line whose SKU is unknown, among those that were asked about', () => {
    expect(unknownLines(lines, new Set(['mug', 'vase']), new Map([['vase', 1]]))).toEqual([0, 2])
    expect(unknownLines(lines, new Set(['vase']), new Map())).toEqual([1])
  })

  it('finds the SKUs of which too few pieces are available, summed over the lines', () => {
    const levels = (mug: number) => new Map(Object.entries({ mug, vase: 1 }))
    expect(missingOf(lines, levels(5))).toEqual([])
    expect(missingOf(lines, levels(4))).toEqual([{ sku: 'mug', requested: 5, available: 4 }])
  })
})
