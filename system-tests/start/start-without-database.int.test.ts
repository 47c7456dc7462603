/** A service whose database does not exist reports in one line how to create it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { inherited } from '@quadrille/shop-testing'
import { expect, inject, onTestFinished, test } from 'vitest'
import { root } from '../documentation/documents.ts'

test('a service without its database exits, and reports how to create it', async () => {
  const DATABASE_URL = Object.assign(new URL(inject('postgresUrl')), { pathname: '/loyalty_missing' }).href
  const env = {
    ...inherited(),
    DATABASE_URL,
    AMQP_URL: 'amqp://127.0.0.1:1',
    PORT: '0',
    LOG_LEVEL: 'silent',
  }
  const child = spawn(process.execPath, ['examples/loyalty/src/main.ts'], { cwd: root, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(stderr).toBe(
    'quadrille: database "loyalty_missing" does not exist: create it (createdb loyalty_missing), or set DATABASE_URL to another\n',
  )
  expect(code).toBe(1)
})
