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

it.each(['http://user:secret@payment:9000', 'http://payment:9000?a=b', 'http://payment:9000#a'])(
  'PAYMENT_URL rejects %s, to which no request can be sent',
  (url) => {
    const wrong = /^PAYMENT_URL is wrong: must have no user, no query and no fragment$/m
    expect(() => readConfig(config, { PAYMENT_URL: url })).toThrow(wrong)
  },
)

it.each(['payment', 'ftp://payment:9000', 'user@payment'])(
  'PAYMENT_URL rejects %s, which does not begin with http:// or https://',
  (url) => {
    expect(() => readConfig(config, { PAYMENT_URL: url })).toThrow('PAYMENT_URL is wrong: must be like http://')
  },
)

it.each(['https://payment:9000', 'http://127.0.0.1/payment/'])('PAYMENT_URL accepts %s', (url) => {
  expect(readConfig(config, { PAYMENT_URL: url }).PAYMENT_URL).toBe(url)
})
