/** A short fault run on one RabbitMQ node. CHAOS_SEED=… repeats its plan. */
import { expect, onTestFinished, test } from 'vitest'
import { runChaos } from '../src/run.ts'

test('a short run passes all checks', async () => {
  const seed = Number(process.env['CHAOS_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const broken = new AbortController()
  onTestFinished(() => broken.abort())
  const options = { minutes: 0.3, seed, nodes: 1, rate: 20, every: 2, only: '' }
  const { passed, failed } = await runChaos(options, { print: console.log, signal: broken.signal })
  expect(failed).toBe(0)
  expect(passed).toBeGreaterThanOrEqual(15)
})
