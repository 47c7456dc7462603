/** The framework contains no words of the shop in its names, texts and comments. */
import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** The terms of an order, and the names of its services, messages and fields. `order` alone is also a sequence. */
const words = new RegExp(
  [
    String.raw`\b(?:[Oo]rders|[Oo]rder['’]s|order_ids?|[Oo]rder[A-Z]\w*)\b`,
    String.raw`\b(?:an|each|another|this|that|one|open|placed) order\b`,
    '(?:[Pp]ayment|[Ii]nventory|[Ss]tock|[Ss]ku|[Nn]otification|[Cc]ustomer|[Ss]hipment|[Rr]efund|[Gg]ateway)s?(?![a-z])',
  ].join('|'),
  'gu',
)

const shopWords = (text: string): string[] => [...text.matchAll(words)].map(([word]) => word)

/** Applied migrations never change, and may contain renamed names. */
const sources = globSync('packages/{async,messages,messaging,outbox,postgres,service}/src/**/*.ts', { cwd: root })

describe('the framework', () => {
  it('has sources', () => expect(sources.length).toBeGreaterThan(100))

  it.each(sources)('%s contains no word of the shop', (path) => {
    expect(shopWords(readFileSync(resolve(root, path), 'utf8'))).toEqual([])
  })
})

it.each([
  ['readonly orderId: string', 'orderId'],
  ['select order_id from outbox', 'order_id'],
  ['// the rows of an order', 'an order'],
  ["choreography['payment']", 'payment'],
  ['draft(OrderPlaced)', 'OrderPlaced'],
])('finds a word of the shop in %s', (text, word) => {
  expect(shopWords(text)).toEqual([word])
})

it('accepts a sequence', () => {
  expect(shopWords('select 1 order by id // in order, in the order of their keys')).toEqual([])
})
