import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { primitives } from '../src/index.ts'

const { amount, code, currency, currencyCode, customer, email, line, lines, metadata, missingLine } = primitives
const { orderId, paymentMethod, quantity, reference, sku, stockLine } = primitives

const one = { sku: 'A', quantity: 1, unitPrice: 0 }
const pairs = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'v']))

type Case = readonly [
  name: string,
  schema: z.ZodType,
  values: { accepted: readonly unknown[]; refused: readonly unknown[] },
]

const cases: readonly Case[] = [
  [
    'quantity',
    quantity,
    {
      accepted: [1, 1_000_000],
      refused: [0, -1, 1.5, 1e21, 1_000_001, '3', Number.NaN, Number.POSITIVE_INFINITY, null, 3n, true],
    },
  ],
  ['amount', amount, { accepted: [0, 10 ** 12], refused: [-1, 0.5, 10 ** 12 + 1, '0', Number.NaN, null] }],
  [
    'sku',
    sku,
    {
      accepted: ['A', '7', 'tea.earl-grey_250', `A${'b'.repeat(63)}`],
      refused: ['', '-A', '.A', '_A', 'a b', 'Ä', 'A\n', `A${'b'.repeat(64)}`, 7],
    },
  ],
  [
    'currency',
    currency,
    { accepted: ['EUR', 'USD', 'JPY', 'CLF'], refused: ['ABC', 'eur', 'EURO', 'EU', '', 'EUR\n', 978] },
  ],
  ['currencyCode', currencyCode, { accepted: ['EUR', 'ABC'], refused: ['eur', 'EURO', 'EUR\n'] }],
  [
    'orderId',
    orderId,
    {
      accepted: ['018f4e9a-0000-7000-8000-000000000001', '018F4E9A-0000-7000-8000-00000000000A'],
      refused: ['', '42', '018f4e9a000070008000000000000001', '018f4e9a-0000-7000-8000-00000000000g', null],
    },
  ],
  [
    'email',
    email,
    {
      accepted: ['ada@example.com', 'ada+shop@mail.example.co'],
      refused: [
        '',
        'ada',
        'ada@',
        '@example.com',
        'ada@example.com\r\nBcc: eve@example.com',
        'ada @example.com',
        'a@b',
        'ada@example.com\0',
        `${'a'.repeat(250)}@b.co`,
      ],
    },
  ],
  ['reference', reference, { accepted: ['r', 'r'.repeat(100)], refused: ['', 'r'.repeat(101), 'r\n'] }],
  [
    'paymentMethod',
    paymentMethod,
    { accepted: ['pm_card_visa', 'p'.repeat(255)], refused: ['', 'p'.repeat(256), 'p\0'] },
  ],
  ['code', code, { accepted: ['card_declined'], refused: ['', 'c'.repeat(101)] }],
  [
    'metadata',
    metadata,
    {
      accepted: [{}, pairs(16), { ключ: 'значение' }],
      refused: [
        pairs(17),
        { key: 1 },
        { key: null },
        { '': 'v' },
        { 'a\n': 'v' },
        { key: '\ud800' },
        { key: 'v'.repeat(501) },
        [],
        'v',
      ],
    },
  ],
  [
    'customer',
    customer,
    {
      accepted: [{ id: 'c', email: 'ada@example.com' }],
      refused: [{ id: 'c' }, { email: 'ada@example.com' }, { id: '', email: 'ada@example.com' }],
    },
  ],
  [
    'line',
    line,
    {
      accepted: [one],
      refused: [
        { ...one, quantity: 0 },
        { ...one, unitPrice: -1 },
        { sku: 'A', quantity: 1 },
      ],
    },
  ],
  ['lines', lines, { accepted: [[one], Array(1_000).fill(one)], refused: [[], Array(1_001).fill(one), one] }],
  [
    'stockLine: a SKU on every line of an order, summed',
    stockLine,
    {
      accepted: [{ sku: 'A', quantity: 1_000 * 1_000_000 }],
      refused: [
        { sku: 'A', quantity: 1_000 * 1_000_000 + 1 },
        { sku: 'A', quantity: 0 },
      ],
    },
  ],
  [
    'missingLine',
    missingLine,
    {
      accepted: [{ sku: 'A', requested: 1, available: 0 }],
      refused: [
        { sku: 'A', requested: 0, available: 0 },
        { sku: 'A', requested: 1, available: -1 },
      ],
    },
  ],
]

describe.each(cases)('%s', (_, schema, { accepted, refused }) => {
  it.each(accepted.map((value) => ({ value })))('accepts $value', ({ value }) => {
    expect(schema.safeParse(value).error).toBeUndefined()
  })
  it.each(refused.map((value) => ({ value })))('refuses $value', ({ value }) => {
    expect(schema.safeParse(value).success).toBe(false)
  })
})
