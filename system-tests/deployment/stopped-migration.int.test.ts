/** The migration step is stopped while it waits. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { inherited } from '@quadrille/shop-testing'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../documentation/documents.ts'

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it with 1 and one line', async (signal) => {
  const env = { ...inherited(), DATABASE_URL: 'postgres://127.0.0.1:1/unreachable' }
  const child = spawn(process.execPath, ['services/order/src/migrate.ts'], { cwd: root, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  const ended = Promise.all([text(child.stderr), once(child, 'exit')])
  await once(child.stdout, 'data') // it logs that it waits for Postgres
  child.kill(signal)
  const [stderr, [code]] = await ended
  expect(stderr).toBe(`quadrille: stopped by ${signal} before the database was up to date\n`)
  expect(code).toBe(1)
})
