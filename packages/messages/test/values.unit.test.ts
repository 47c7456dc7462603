import { describe, expect, it } from 'vitest'
import type { z } from 'zod'
import { prose, text, timestamp, uuid, visibleText } from '../src/index.ts'

type Case = readonly [
  name: string,
  schema: z.ZodType,
  values: { accepted: readonly unknown[]; rejected: readonly unknown[] },
]

const cases: readonly Case[] = [
  [
    'uuid',
    uuid,
    {
      accepted: ['018f4e9a-0000-7000-8000-000000000001', '018F4E9A-0000-7000-8000-00000000000A'],
      rejected: ['', '42', '018f4e9a000070008000000000000001', '018f4e9a-0000-7000-8000-00000000000g', null],
    },
  ],
  [
    'text',
    text(3),
    {
      accepted: ['', 'a b', 'žlu', '日本語'],
      rejected: ['abcd', 'a\0', 'a\n', 'a\u007f', 'a\u0085', 'a\ud800', '\udc00a', 1],
    },
  ],
  [
    'visibleText',
    visibleText(12),
    {
      accepted: ['می\u200cخواهم', 'क्\u200dष', '👩\u200d👩\u200d👧', '☕️'],
      rejected: ['a\u200bb', 'a\u202eb', 'a\u2066b', 'a\u00adb', 'a\u2060b', '\ufeffa', 'a\u{e0041}', 'a\n', '\u200d'],
    },
  ],
  ['prose', prose(5), { accepted: ['', 'a\r\n\tb'], rejected: ['abcdef', 'a\0', 'a\u001b', 'a\ud800'] }],
  [
    'timestamp',
    timestamp,
    {
      accepted: ['2030-01-02T03:04:05Z', '2030-01-02T03:04:05.123456789+05:30', '2028-02-29T00:00:00Z'],
      rejected: [
        '2030-01-02',
        '2030-01-02T03:04Z',
        '2030-01-02T03:04:05',
        '2030-02-30T00:00:00Z',
        '2029-02-29T00:00:00Z',
        '2030-01-02T24:00:00Z',
        '0000-01-01T00:00:00Z',
        '0001-01-01T00:00:00+01:00',
        '9999-12-31T23:59:59-01:00',
        1_893_553_445,
      ],
    },
  ],
]

describe.each(cases)('%s', (_, schema, { accepted, rejected }) => {
  it.each(accepted.map((value) => ({ value })))('accepts $value', ({ value }) => {
    expect(schema.safeParse(value).error).toBeUndefined()
  })
  it.each(rejected.map((value) => ({ value })))('rejects $value', ({ value }) => {
    expect(schema.safeParse(value).success).toBe(false)
  })
})

describe('the canonical form', () => {
  it('of an id is in lower case', () => {
    expect(uuid.parse('018F4E9A-0000-7000-8000-00000000000A')).toBe('018f4e9a-0000-7000-8000-00000000000a')
  })

  it('of a time is in UTC', () => {
    expect(timestamp.parse('2030-01-02T03:04:05.123456+05:30')).toBe('2030-01-01T21:34:05.123Z')
  })
})
