/** A short run of the fuzzer against npm start. FUZZ_SEED=… repeats its requests. */
import { sized } from '@quadrille/testing'
import { expect, onTestFinished, test, vi } from 'vitest'
import { runFuzz } from '../src/run.ts'

const requests = sized({ quick: 300, full: 1_000 })

/** The variables of another shop, which does not run. */
const otherShop = { AMQP_URL: 'amqp://127.0.0.1:1', ORDER_DATABASE_URL: 'postgres://127.0.0.1:1/other' }

test(`${requests} hostile requests do no harm, and the shop that received them is audited`, async () => {
  for (const [name, value] of Object.entries(otherShop)) vi.stubEnv(name, value)
  onTestFinished(() => void vi.unstubAllEnvs())
  const seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const { passed, failed } = await runFuzz(
    { requests, seed, seconds: 60 },
    { say: console.log, signal: new AbortController().signal },
  )
  expect(failed).toBe(0)
  expect(passed).toBe(9)
})
