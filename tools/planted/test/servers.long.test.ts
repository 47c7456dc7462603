import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'

test('a run ends if RabbitMQ can not be reached, and stops the Postgres that it has started', async () => {
  const { PATH, HOME } = process.env
  const main = new URL('../src/main.ts', import.meta.url).pathname
  const env = { PATH, HOME, AMQP_URL: 'amqp://127.0.0.1:1' }
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [stderr, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect(stderr).toMatch(/^planted: .+\n$/)
  expect(code).toBe(1)
})
