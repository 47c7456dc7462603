import { readConfig } from '@quadrille/service'
import { expect, it } from 'vitest'
import { config } from '../src/config.ts'

it.each(['0s', '23h', '86399s'])('IDEMPOTENCY_TTL rejects %s, because clients rely on 24 hours', (ttl) => {
  const wrong = 'IDEMPOTENCY_TTL is wrong: must be 24h or more'
  expect(() => readConfig(config, { IDEMPOTENCY_TTL: ttl })).toThrow(wrong)
})

it.each(['24h', '7d'])('IDEMPOTENCY_TTL accepts %s', (ttl) => {
  expect(readConfig(config, { IDEMPOTENCY_TTL: ttl }).IDEMPOTENCY_TTL).toBeGreaterThanOrEqual(86_400_000)
})
