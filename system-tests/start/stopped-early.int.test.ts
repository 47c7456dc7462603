/** A service is stopped while it waits for Postgres. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { inherited } from '@quadrille/shop-testing'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../documentation/documents.ts'

test('the end of its terminal stops it as SIGTERM does', async () => {
  const urls = { DATABASE_URL: 'postgres://127.0.0.1:1/unreachable', AMQP_URL: 'amqp://127.0.0.1:1' }
  const env = { ...inherited(), ...urls, PORT: '0' }
  const child = spawn(process.execPath, ['services/order/src/main.ts'], { cwd: root, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = Promise.all([text(child.stderr), once(child, 'exit')])
  await once(child.stdout, 'data') // it logs that it waits for Postgres
  child.kill('SIGHUP')
  expect(await ended).toEqual(['', [0, null]])
})
