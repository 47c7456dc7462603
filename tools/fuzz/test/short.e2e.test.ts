/** A short run of the fuzzer against npm start. FUZZ_SEED=… repeats what it sends. */
import { expect, test } from 'vitest'
import { runFuzz } from '../src/run.ts'

test('1,000 hostile requests do no harm', { timeout: 180_000 }, async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const { passed, failed } = await runFuzz({ requests: 1_000, seed, seconds: 60, ports: null }, console.log)
  expect(failed).toBe(0)
  expect(passed).toBe(8)
})
