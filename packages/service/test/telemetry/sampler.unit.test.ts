import { type Attributes, type Link, ROOT_CONTEXT, SpanKind, TraceFlags, trace } from '@opentelemetry/api'
import { SamplingDecision } from '@opentelemetry/sdk-trace'
import { expect, test } from 'vitest'
import { samplerOf } from '../../src/telemetry/sampler.ts'
import { own } from '../../src/telemetry/tracing.ts'

const traceId = (byte: string): string => '00'.repeat(9) + byte.repeat(7)
const [low, high] = [traceId('01'), traceId('fe')]

interface Begun {
  readonly traceId?: string
  /** Whether the parent is recorded. Undefined for a root span. */
  readonly parent?: boolean
  readonly attributes?: Attributes
  readonly links?: Link[]
}

const sampling = (ratio: number, now = () => 0) => {
  const sampler = samplerOf({ ratio, now })
  return ({ traceId = high, parent, attributes = {}, links = [] }: Begun): boolean => {
    const traceFlags = parent ? TraceFlags.SAMPLED : TraceFlags.NONE
    const from =
      parent === undefined
        ? ROOT_CONTEXT
        : trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId: '1'.repeat(16), traceFlags, isRemote: true })
    const { decision } = sampler.shouldSample(from, traceId, 'process Charge', SpanKind.CONSUMER, attributes, links)
    return decision === SamplingDecision.RECORD_AND_SAMPLED
  }
}

test('records the configured share of new traces, and follows the decision of a parent', () => {
  const sampled = sampling(0.5)
  expect([low, high].map((id) => sampled({ traceId: id }))).toEqual([true, false])
  expect([true, false].map((parent) => sampled({ traceId: low, parent }))).toEqual([true, false])
  expect([sampling(1)({}), sampling(0)({ traceId: low })]).toEqual([true, false])
})

test('records retried and late messages even if their parent is not recorded', () => {
  const sampled = sampling(0)
  const handled = (attempt: number, ageSeconds: number) =>
    sampled({ parent: false, attributes: { [own.attempt]: attempt, [own.ageSeconds]: ageSeconds } })
  expect([handled(1, 0), handled(1, 9), handled(2, 0), handled(1, 11)]).toEqual([false, false, true, true])
})

test('records at most ten of those per second', () => {
  let nowMs = 0
  const sampled = sampling(0, () => nowMs)
  const again = () => sampled({ parent: false, attributes: { [own.attempt]: 2 } })
  const countOf = (begun: number) => Array.from({ length: begun }, again).filter(Boolean).length
  expect(countOf(50)).toBe(10)
  nowMs = 999
  expect(countOf(50)).toBe(0)
  nowMs = 1_000
  expect(countOf(50)).toBe(10)
})

test('records a batch that links to a recorded span', () => {
  const context = { traceId: low, spanId: '1'.repeat(16), traceFlags: TraceFlags.SAMPLED }
  expect(sampling(0)({ links: [{ context }] })).toBe(true)
})
