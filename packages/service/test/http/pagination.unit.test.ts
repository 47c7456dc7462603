import { expect, test } from 'vitest'
import { z } from 'zod'
import { pageQuery, toPage } from '../../src/http/pagination.ts'

const rows = (count: number, bytes: number) =>
  Array.from({ length: count }, (_, index) => ({ id: index, text: 'é'.repeat(bytes / 2) }))

const page = (count: number, bytes: number, limit = 100) =>
  toPage(rows(count, bytes), limit, { key: ({ id }) => id, item: (row) => row })

const cursorOf = (key: number) => Buffer.from(String(key)).toString('base64url')

test('a page ends after about 1 MB, and its cursor leads to the next page', () => {
  const { items, nextCursor } = page(101, 120_000)
  expect(items).toHaveLength(8)
  expect(nextCursor).toBe(cursorOf(7))
})

test('a page has at least one item, of any size', () => {
  expect(page(2, 3_000_000)).toMatchObject({ items: [{ id: 0 }], nextCursor: cursorOf(0) })
  expect(page(1, 3_000_000)).toMatchObject({ items: [{ id: 0 }], nextCursor: null })
})

test('a page of small items ends at its limit', () => {
  expect(page(101, 10).items).toHaveLength(100)
  expect(page(101, 10).nextCursor).toBe(cursorOf(99))
  expect(page(100, 10).nextCursor).toBeNull()
})

test('OpenAPI shows the default limit', () => {
  const { properties } = z.toJSONSchema(z.object(pageQuery), { io: 'input', unrepresentable: 'any' })
  expect(properties?.['limit']).toMatchObject({ type: 'integer', default: 50 })
})

test('a limit is a decimal number', () => {
  const { limit } = z.object(pageQuery).shape
  expect([limit.parse(undefined), limit.parse('1'), limit.parse('100')]).toEqual([50, 1, 100])
  for (const wrong of ['0x10', '1e1', ' 5', '5 ', '+5', '5.0', '', '0', '101', ['1', '2']])
    expect(limit.safeParse(wrong).success, String(wrong)).toBe(false)
})
