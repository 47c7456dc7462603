/** A short run of the fuzzer against npm start. FUZZ_SEED=… repeats its requests. */
import { sized } from '@quadrille/testing'
import { expect, test } from 'vitest'
import { runFuzz } from '../src/run.ts'

const requests = sized({ quick: 300, full: 1_000 })

test(`${requests} hostile requests do no harm`, async () => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const { passed, failed } = await runFuzz({ requests, seed, seconds: 60, ports: null }, console.log)
  expect(failed).toBe(0)
  expect(passed).toBe(8)
})
