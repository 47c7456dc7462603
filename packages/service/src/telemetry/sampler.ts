/**
 * Decides which traces are recorded. The decision of a trusted client is kept (TRUST_TRACEPARENT). Otherwise a share of
 * the traces is recorded, each of them completely. A failure is not known when a trace begins, so a retried or late
 * message is recorded from that point on, even if the beginning of its trace was not.
 */
import type { Attributes } from '@opentelemetry/api'
import { ParentBasedSampler, type Sampler, SamplingDecision, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace'
import { type Handling, isExceptional, own } from './tracing.ts'

export interface SamplerOptions {
  readonly ratio: number
  /** A clock for the limit per second, ms. Default performance.now. */
  readonly now?: () => number
}

/** The maximum number of late or retried messages that are recorded per second. An outage affects all messages. */
const maxExceptionalPerSecond = 10

export const samplerOf = ({ ratio, now = () => performance.now() }: SamplerOptions): Sampler => {
  const byParent = new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })
  const mayKeep = atMost(maxExceptionalPerSecond, now)
  return {
    // biome-ignore lint/complexity/useMaxParams: the SDK's own interface
    shouldSample: (context, traceId, name, kind, attributes, links) => {
      const result = byParent.shouldSample(context, traceId, name, kind, attributes, links)
      if (result.decision === SamplingDecision.RECORD_AND_SAMPLED) return result
      const kept = links.length > 0 || (isExceptional(handled(attributes)) && mayKeep()) // linked spans are recorded
      return kept ? { decision: SamplingDecision.RECORD_AND_SAMPLED } : result
    },
    toString: () => `Quadrille{${ratio}}`,
  }
}

const handled = (attributes: Attributes): Handling => ({
  attempt: Number(attributes[own.attempt] ?? 1),
  ageSeconds: Number(attributes[own.ageSeconds] ?? 0),
})

const atMost = (perSecond: number, now: () => number): (() => boolean) => {
  let begun = Number.NEGATIVE_INFINITY
  let taken = 0
  return () => {
    if (now() - begun >= 1_000) [begun, taken] = [now(), 0]
    taken += 1
    return taken <= perSecond
  }
}
