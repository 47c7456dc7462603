import { readConfig } from '@quadrille/service'
import { expect, it } from 'vitest'
import { config } from '../src/config.ts'

it.each(['0s', '23h', '86399s'])(
  'refuses to delete idempotency keys after %s, because clients rely on a day',
  (ttl) => {
    const wrong = 'IDEMPOTENCY_TTL is wrong: must be 24h or more'
    expect(() => readConfig(config, { IDEMPOTENCY_TTL: ttl })).toThrow(wrong)
  },
)

it.each(['24h', '7d'])('takes %s', (ttl) => {
  expect(readConfig(config, { IDEMPOTENCY_TTL: ttl }).IDEMPOTENCY_TTL).toBeGreaterThanOrEqual(86_400_000)
})
