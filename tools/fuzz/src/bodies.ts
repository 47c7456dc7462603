/** Generates bodies: valid ones, mutated ones, and malformed JSON. */
import type { Random } from '@quadrille/testing'
import { hostileText, hostileValue } from './values.ts'

const maxBodyBytes = 256 * 1_024

const validOrder = (random: Random) => ({
  customer: { id: `fuzz-${random.below(50)}`, email: 'ada@example.com' },
  currency: random.pick(['EUR', 'USD', 'JPY']),
  lines: Array.from({ length: 1 + random.below(3) }, () => ({
    sku: random.pick(['mug', 'honey', 'fuzz-1', 'fuzz-unknown']),
    quantity: 1 + random.below(3),
    unitPrice: random.below(10_000),
  })),
  payment: { method: random.pick(['pm_card_visa', 'pm_card_visa', 'pm_card_chargeDeclined', 'pm_sim_flaky']) },
  ...(random.chance(0.3) && { reference: 'fuzz', metadata: { shop: 'fuzz' } }),
})

const others = [
  () => ({}),
  () => ({ manual: false }),
  () => ({ manual: true, reference: 'by hand' }),
  (random: Random) => ({ onHand: random.below(1_000_000) }),
  (random: Random) => ({ quantity: 1 + random.below(1_000) }),
  (random: Random) => ({ carrier: 'DHL', trackingCode: String(random.below(1_000)) }),
  () => ({ dryRun: true }),
  () => ({ events: [{ type: 'OrderPlaced', data: {} }] }),
  () => ({ status: 'parked', reason: 'attempts_exhausted', limit: 5, dryRun: true }),
]

const validBody = (random: Random, path: string): unknown =>
  path === '/orders' ? validOrder(random) : random.pick(others)(random)

/** Changes, adds or removes a field at a random place. */
const mutated = (random: Random, value: unknown): unknown => {
  if (typeof value !== 'object' || value === null || random.chance(0.3)) return hostileValue(random)
  const entries = Object.entries(value)
  const at = random.below(entries.length + 1)
  if (at === entries.length) entries.push([hostileText(random), hostileValue(random)])
  else if (random.chance(0.2)) entries.splice(at, 1)
  else entries[at] = [entries[at]?.[0] ?? '', mutated(random, entries[at]?.[1])]
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries)
}

const nested = (levels: number, inner: string): string => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`

/** Malformed, ambiguous and oversized JSON. */
const malformed: readonly ((random: Random, text: string) => string)[] = [
  (random, text) => text.slice(0, random.below(text.length)),
  (random, text) =>
    text.slice(0, random.below(text.length)) + hostileText(random) + text.slice(random.below(text.length)),
  (_, text) => `${text}${text}`,
  (_, text) => `\ufeff${text}`,
  (_, text) => text.replace('{', '{"__proto__":{"admin":true},'),
  (_, text) => text.replace(/"(\w+)":/, '"$1":0,"$1":'),
  (_, text) => text.replaceAll('"', "'"),
  (random) => '['.repeat(1 + random.below(100_000)),
  (random) => `{"a":`.repeat(1 + random.below(40_000)),
  (random) => `{"__proto__":0,"k":`.repeat(1 + random.below(10_000)),
  (random) => nested(1 + random.below(maxBodyBytes / 2), '{"__proto__":0}'),
  (random) => `{"events":[{"type":"OrderPlaced","data":${nested(1 + random.below(maxBodyBytes / 2), '')}}]}`,
  (random) => `{"lines":[${'{},'.repeat(random.below(20_000))}{}]}`,
  (random) => `{${Array.from({ length: random.below(5_000) }, (_, index) => `"k${index}":1`).join(',')}}`,
  (random) => `{"reference":"${'x'.repeat(random.below(2 * maxBodyBytes))}"}`,
  (random) => `{"lines":${'9'.repeat(1 + random.below(10_000))}}`,
  () => '',
  () => 'a=1&b=2',
  () => '\u0000\u0001\u0002',
]

/** Generates a body for a path. Most bodies are small, because large ones would take most of the time. */
export const bodyText = (random: Random, path: string): string => {
  const valid = validBody(random, path)
  if (random.chance(0.15)) return JSON.stringify(valid)
  if (random.chance(0.7)) return JSON.stringify(mutated(random, valid)) ?? ''
  return random.pick(malformed)(random, JSON.stringify(valid))
}
