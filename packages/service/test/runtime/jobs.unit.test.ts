/** Jobs that fail. */
import { openDatabase } from '@quadrille/postgres'
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it, onTestFinished, vi } from 'vitest'
import type { Job } from '../../src/runtime/define.ts'
import { runJobs } from '../../src/runtime/jobs.ts'
import { createLogger } from '../../src/telemetry/log.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { post } from '../post.ts'

/** Runs the jobs until the end of the test, beside a relay that could not measure its outbox for 7 s. */
const run = (...jobs: readonly Job[]) => {
  const metrics = createMetrics('tracker')
  const aborting = new AbortController()
  const errors: string[] = []
  const outages: unknown[] = []
  const log = createLogger('warn', post, { write: (line) => void errors.push(JSON.parse(line).err.message) })
  const relay = { failingMs: (step: string) => (step === 'measure' ? 7_000 : 0) }
  const running = runJobs(
    { aborting, availability: { recordError: (error: unknown) => void outages.push(error) }, log, metrics, relay },
    jobs,
  )
  onTestFinished(async () => {
    aborting.abort()
    await running
  })
  const failing = async (name: string): Promise<number> =>
    Number(
      new RegExp(`^quadrille_job_failing_seconds.*name="${name}".* (\\S+)$`, 'm').exec(
        await metrics.registry.metrics(),
      )?.[1],
    )
  return { errors, outages, failing }
}

it('a job that fails runs again, and a metric shows for how long it has failed, without a run that works', async () => {
  let fault: Error | null = null
  let working = Promise.resolve()
  const count = async () => {
    await working
    if (fault) throw fault
  }
  const { failing } = run(
    { name: 'count the parcels', everyMs: 1, run: count },
    { name: 'count the bags', everyMs: 1, run: async () => undefined },
  )
  expect([await failing('count the parcels'), await failing('count the bags')]).toEqual([0, 0])
  fault = new Error('a missing grant')
  await waitFor(async () => expect(await failing('count the parcels')).toBeGreaterThan(0))
  const first = await failing('count the parcels')
  await waitFor(async () => expect(await failing('count the parcels')).toBeGreaterThan(first))
  expect(await failing('count the bags')).toBe(0)
  const backlog = Promise.withResolvers<void>()
  working = backlog.promise
  await waitFor(async () => expect(await failing('count the parcels')).toBe(await failing('count the parcels')))
  fault = null
  backlog.resolve()
  await waitFor(async () => expect(await failing('count the parcels')).toBe(0))
})

it('an outage of Postgres that only a job meets is recorded, and no other failure', async () => {
  const url = 'postgres://nobody@127.0.0.1:1/none'
  const database = openDatabase({ url, applicationName: 'test', max: 1, onIdleError: () => undefined })
  onTestFinished(() => database.end())
  let runs = 0
  const count = async () => {
    runs += 1
    if (runs === 1) throw new Error('a bug')
    await database.query('select 1')
  }
  const { outages } = run({ name: 'count the parcels', everyMs: 1, run: count })
  await waitFor(async () => expect(outages[0]).toMatchObject({ code: 'ECONNREFUSED' }))
})

it('the metric of failing jobs also shows the two loops of the relay', async () => {
  const { failing } = run()
  expect([await failing('sweep the outbox'), await failing('measure the outbox')]).toEqual([0, 7])
})

it('each failure of a job is logged once a minute', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let text = 'a missing grant'
  const { errors } = run({ name: 'count the parcels', everyMs: 1_000, run: () => Promise.reject(new Error(text)) })
  await vi.advanceTimersByTimeAsync(59_000)
  expect(errors).toEqual(['a missing grant'])
  await vi.advanceTimersByTimeAsync(1_000)
  text = 'a lock timeout'
  await vi.advanceTimersByTimeAsync(5_000)
  expect(errors).toEqual(['a missing grant', 'a missing grant', 'a lock timeout'])
})
