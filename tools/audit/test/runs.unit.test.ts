/** The runs of the server: one at a time, not too often, and for a bounded time. */
import { waitUntil } from '@quadrille/testing/waiting'
import { expect, test } from 'vitest'
import type { Progress } from '../src/audit-live.ts'
import type { Report, Violation } from '../src/report.ts'
import { type AuditRuns, createAuditRuns } from '../src/server/audit-runs.ts'

const orderId = '01a220d4-0e99-7000-a864-1b09a5dbe749'

/** A report on I1, which is about orders, and I9, which is about dead letters. */
const reportWith = (...violations: Violation[]): Report => ({
  ok: violations.length === 0,
  findings: [
    { invariant: 'I1', claim: 'every order ends', checked: { orders: 1 }, violations },
    { invariant: 'I9', claim: 'every dead letter has a reason', checked: {}, violations },
  ],
})

const sound = reportWith()
const broken = reportWith({ subject: orderId, detail: 'has not ended' })

/** An audit whose runs end when the test says so. */
const controlled = () => {
  const runs: { end: (report: Report) => void; fail: (error: Error) => void; progress: (of: Progress) => void }[] = []
  const examine = (progress: (of: Progress) => void) => {
    const { promise, resolve, reject } = Promise.withResolvers<Report>()
    runs.push({ end: resolve, fail: reject, progress })
    return promise
  }
  return { runs, examine }
}

const idle = (audit: AuditRuns) => waitUntil(() => audit.state().running === null, { interval: 1 })

test('two runs never overlap', async () => {
  const { runs, examine } = controlled()
  const audit = createAuditRuns({ examine })
  expect(audit.state()).toEqual({ running: null, result: null, failure: null })
  audit.start()
  audit.start()
  audit.startIfOlder(0)
  expect(runs).toHaveLength(1)
  runs[0]?.end(sound)
  await idle(audit)
  audit.start()
  expect(runs).toHaveLength(2)
})

test('a run shows its progress', async () => {
  const { runs, examine } = controlled()
  const audit = createAuditRuns({ examine })
  audit.start()
  expect(audit.state().running).toMatchObject({ step: 'examining', done: 0, startedAt: expect.any(String) })
  runs[0]?.progress({ step: 'confirming', done: 1, of: 3 })
  expect(audit.state().running).toMatchObject({ step: 'confirming', done: 1, of: 3 })
})

test('runs by age start only when the last one is older, and rest longer after a long run', async () => {
  let nowMs = 0
  const { runs, examine } = controlled()
  const audit = createAuditRuns({ examine, clock: () => nowMs })
  const startedAfter = (ms: number) => {
    nowMs += ms
    audit.startIfOlder(30_000)
    return runs.length
  }
  const endAfter = async (ms: number) => {
    nowMs += ms
    runs.at(-1)?.end(sound)
    await idle(audit)
  }
  expect(startedAfter(0)).toBe(1)
  await endAfter(1_000)
  expect(startedAfter(29_000)).toBe(1)
  expect(startedAfter(1_000)).toBe(2)
  await endAfter(20_000)
  expect(startedAfter(79_000)).toBe(2)
  expect(startedAfter(1_000)).toBe(3)
})

test('a run that takes too long ends at its next step, and another one may start', async () => {
  let nowMs = 0
  let stepMs = 60_001
  const examine = async (onProgress: (of: Progress) => void) => {
    for (let done = 0; done < 2; done += 1) {
      onProgress({ step: 'examining', done, of: 2 })
      nowMs += stepMs
    }
    return sound
  }
  const audit = createAuditRuns({ withinMs: 60_000, clock: () => nowMs, examine })
  audit.start()
  await idle(audit)
  expect(audit.state()).toMatchObject({
    result: null,
    failure: { tookMs: 60_001, reason: 'It took longer than 60 s.' },
  })
  stepMs = 1
  audit.start()
  await idle(audit)
  expect(audit.state()).toMatchObject({ result: { ok: true }, failure: null })
})

test('a long grace period does not end a run', async () => {
  let nowMs = 0
  const examine = async (onProgress: (of: Progress) => void) => {
    nowMs += 900_000
    onProgress({ step: 'confirming', done: 0, of: 0 })
    return broken
  }
  const audit = createAuditRuns({ graceMs: 900_000, clock: () => nowMs, examine })
  audit.start()
  await idle(audit)
  expect(audit.state()).toMatchObject({ result: { ok: false }, failure: null })
})

test('a run that fails leaves the last result, and says why', async () => {
  const { runs, examine } = controlled()
  const audit = createAuditRuns({ examine })
  audit.start()
  runs[0]?.end(broken)
  await idle(audit)
  audit.start()
  runs[1]?.fail(new Error('ECONNREFUSED'))
  await idle(audit)
  expect(audit.state()).toMatchObject({ result: { ok: false }, failure: { reason: 'ECONNREFUSED' } })
  audit.start()
  runs[2]?.end(sound)
  await idle(audit)
  expect(audit.state()).toMatchObject({ result: { ok: true }, failure: null })
})

test('an invariant without anything to check is marked', async () => {
  const { runs, examine } = controlled()
  const audit = createAuditRuns({ examine })
  audit.start()
  const none = {
    ...sound,
    findings: sound.findings.map((finding) => ({ ...finding, checked: { orders: 0, rows: 0 } })),
  }
  runs[0]?.end({ ok: true, findings: [...none.findings.slice(0, 1), ...sound.findings.slice(0, 1)] })
  await idle(audit)
  expect(audit.state().result?.invariants.map(({ nothingToCheck }) => nothingToCheck)).toEqual([true, false])
})

test('a state has the time since when it is found', async () => {
  const { runs, examine } = controlled()
  const audit = createAuditRuns({ examine })
  const stateAfter = async (report: Report) => {
    audit.start()
    runs.at(-1)?.end(report)
    await idle(audit)
    const { endedAt = '', invariants = [] } = audit.state().result ?? {}
    await waitUntil(() => new Date().toISOString() > endedAt, { interval: 1 })
    return { endedAt, since: invariants[0]?.since }
  }
  const first = await stateAfter(sound)
  expect(first.since).toBe(first.endedAt)
  expect((await stateAfter(sound)).since).toBe(first.endedAt)
  const fault = await stateAfter(broken)
  expect(fault.since).toBe(fault.endedAt)
  expect((await stateAfter(broken)).since).toBe(fault.endedAt)
})

test('a queue without an answer is not a violation, and is named', async () => {
  const { runs, examine } = controlled()
  const audit = createAuditRuns({ examine })
  audit.start()
  const silent = ['a.inbox', 'b.inbox', 'c.inbox'].map((subject) => ({
    subject,
    detail: 'no answer',
    unchecked: true as const,
  }))
  runs[0]?.end(reportWith(...silent))
  await idle(audit)
  const { result } = audit.state()
  expect(result?.ok).toBe(true)
  expect(result?.invariants[0]).toMatchObject({
    ...{ ok: true, violationCount: 0, violations: [] },
    notChecked: 'a.inbox (no answer), 2 more',
  })
})

test('a subject is an order only where the invariant is about orders, and the list is bounded', async () => {
  const { runs, examine } = controlled()
  const audit = createAuditRuns({ examine })
  audit.start()
  const many = Array.from({ length: 1_000 }, () => ({ subject: orderId, detail: 'has not ended' }))
  runs[0]?.end(reportWith({ subject: 'mug', orderId, detail: 'is oversold' }, ...many))
  await idle(audit)
  const [orders, letters] = audit.state().result?.invariants ?? []
  expect(orders?.violationCount).toBe(1_001)
  expect(orders?.violations).toHaveLength(100)
  expect(orders?.violations.slice(0, 2).map((violation) => violation.orderId)).toEqual([orderId, orderId])
  expect(new Set(letters?.violations.slice(1).map((violation) => violation.orderId))).toEqual(new Set([null]))
})
