/** Jobs that fail. */
import { waitFor } from '@quadrille/testing/waiting'
import { expect, it } from 'vitest'
import { runJobs } from '../../src/runtime/jobs.ts'
import { createLogger } from '../../src/telemetry/log.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { post } from '../post.ts'

it('a job that fails runs again, and a metric shows for how long it has failed, without a run that works', async () => {
  const metrics = createMetrics('tracker')
  const aborting = new AbortController()
  const lines: string[] = []
  const log = createLogger('warn', post, { write: (line) => void lines.push(line) })
  let fault: Error | null = null
  let working = Promise.resolve()
  const count = async () => {
    await working
    if (fault) throw fault
  }
  const running = runJobs({ aborting, availability: { recordError: () => undefined }, log, metrics }, [
    { name: 'count the parcels', everyMs: 1, run: count },
    { name: 'count the bags', everyMs: 1, run: async () => undefined },
  ])
  const failing = async (name: string): Promise<number> =>
    Number(new RegExp(`^quadrille_job_failing_seconds.*name="${name}".* (\\S+)$`, 'm').exec(await page())?.[1])
  const page = () => metrics.registry.metrics()
  expect([await failing('count the parcels'), await failing('count the bags')]).toEqual([0, 0])
  fault = new Error('a missing grant')
  await waitFor(() => expect(lines.length).toBeGreaterThan(1))
  const first = await failing('count the parcels')
  expect(first).toBeGreaterThan(0)
  await waitFor(async () => expect(await failing('count the parcels')).toBeGreaterThan(first))
  expect(await failing('count the bags')).toBe(0)
  const backlog = Promise.withResolvers<void>()
  working = backlog.promise
  await waitFor(async () => expect(await failing('count the parcels')).toBe(await failing('count the parcels')))
  fault = null
  backlog.resolve()
  await waitFor(async () => expect(await failing('count the parcels')).toBe(0))
  aborting.abort()
  await running
})
