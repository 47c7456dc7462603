/** Values that often break programs: wrong texts, numbers and structures. */
import type { Random } from '@quadrille/testing'

const texts: readonly string[] = [
  ...['', ' ', 'null', 'undefined', 'NaN', 'true', '0', '-1', '1e309', '0x10', ' 5', '１', '9'.repeat(400)],
  ...['\u0000', 'a\u0000b', '\r\nBcc: eve@example.com', 'a\tb', '\u0085', '\u2028', '\ufeff', '\ud800', '\udfff\ud800'],
  ...['\u202egnp.exe', 'a\u200bb', 'é'.repeat(100), '😀'.repeat(300), 'Z̷̧̛a̸l̴g̵o̶'.repeat(50), 'İstanbul', 'ﬃ'],
  ...[
    "'; drop table customer_order; --",
    "' or '1'='1",
    '$1',
    '%s%n%x',
    '{{7*7}}',
    '#{7*7}',
    '<script>alert(1)</script>',
  ],
  ...['../../../etc/passwd', '..%2f..%2f', 'file:///etc/passwd', 'http://169.254.169.254/', '//evil.example', 'C:\\'],
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '__defineGetter__', 'then', 'toJSON'],
  ...[
    'a'.repeat(255),
    'a'.repeat(256),
    'a'.repeat(10_000),
    `${'a'.repeat(64)}@${'b'.repeat(63)}.example`,
    'a@b@c',
    '@',
  ],
  ...['(a+)+$', `${'a'.repeat(60)}!`, '((((((((((', 'mug', 'ada@example.com', 'EUR', 'pm_card_visa', 'pm_sim_flaky'],
]

const numbers: readonly number[] = [
  ...[0, -0, -1, 1, 0.1, 1.5, 1e21, -1e21, 1e308, 5e-324, 2 ** 31, 2 ** 31 - 1, 2 ** 32, 2 ** 53, 2 ** 53 - 1],
  ...[2 ** 63, 2 ** 64, 1_000_000, 1_000_001, 1e12, 1e12 + 1],
]

export const hostileText = (random: Random): string => random.pick(texts)

/** A value of any JSON type; nested at most `depth` deep. */
export const hostileValue = (random: Random, depth = 3): unknown => {
  const kind = random.below(depth > 0 ? 7 : 5)
  if (kind <= 1) return hostileText(random)
  if (kind === 2) return random.pick(numbers)
  if (kind === 3) return random.pick([null, true, false])
  if (kind === 4) return random.pick<unknown>([[], {}])
  const inner = Array.from({ length: random.below(6) }, () => hostileValue(random, depth - 1))
  return kind === 5 ? inner : Object.fromEntries(inner.map((value) => [hostileText(random), value]))
}
