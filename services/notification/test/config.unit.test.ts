import { readConfig } from '@quadrille/service'
import { expect, it } from 'vitest'
import { config } from '../src/config.ts'

it.each([
  [{ SMTP_URL: 'http://127.0.0.1' }, 'SMTP_URL'],
  [{ MAIL_FROM: 'a@example.com, b@example.com' }, 'MAIL_FROM'],
  [{ NOTIFY_ATTEMPTS: '0' }, 'NOTIFY_ATTEMPTS'],
])('refuses %j', (env, name) => {
  expect(() => readConfig(config, env)).toThrow(`${name} is wrong`)
})
