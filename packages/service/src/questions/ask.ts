import type { Span } from '@opentelemetry/api'
import { onceASecond, toError } from '@quadrille/async'
import {
  type Question,
  readContent,
  type ServiceModel,
  type TraceContext,
  Undecodable,
  writeContent,
} from '@quadrille/messages'
import { type Participant, Unanswered } from '@quadrille/messaging'
import type { Logger } from 'pino'
import type { Metrics } from '../telemetry/metrics.ts'
import { traceContextOf } from '../telemetry/trace-context.ts'
import { endSpan, type Tracing } from '../telemetry/tracing.ts'
import { createAskingMetrics } from './metrics.ts'

export interface AskOptions {
  readonly timeoutMs: number
  /** The traces of the requests for which it is asked. The first recorded one gets a span. Default: none. */
  readonly traces?: readonly TraceContext[]
}

/**
 * Asks another service. The model must list the question under `asks`. Resolves to the answer, or to null if it does not arrive in
 * time: the service must then go on without it. That is counted, and logged once a second.
 * @throws {TypeError} if `asked` violates its schema.
 */
export type Ask = <Asked, Answer>(
  question: Question<string, Asked, Answer>,
  asked: Asked,
  options: AskOptions,
) => Promise<Answer | null>

/** The parts of a runtime that asking needs. */
export interface AskerOptions {
  readonly model: Pick<ServiceModel, 'name' | 'asks'>
  readonly participant: Pick<Participant, 'questions'>
  readonly tracing: Pick<Tracing, 'ask'>
  readonly metrics: Pick<Metrics, 'registry'>
  readonly log: Pick<Logger, 'warn'>
}

/** A service that asks nothing has no metrics of questions. */
export const createAsk = ({ model, participant, tracing, metrics: { registry }, log }: AskerOptions): Ask => {
  if (!model.asks?.length)
    return () => Promise.reject(new Error(`The model of ${model.name} lists no questions under asks.`))
  const metrics = createAskingMetrics(registry, model.asks, () => participant.questions.lateAnswers())
  const report = onceASecond((question: string, error: Error) =>
    log.warn({ question, reason: error.message }, 'a question got no answer; the service goes on without it'),
  )
  return async (question, asked, { timeoutMs, traces = [] }) => {
    const { type } = question
    const body = writeContent(question.asked, asked)
    const span = tracing.ask(type, traces)
    const askedAtMs = performance.now()
    try {
      const answer = await participant.questions.ask({ type, body, headers: headersOf(span) }, { timeoutMs })
      const read = readContent(question.answer, answer)
      metrics.answered(type, performance.now() - askedAtMs)
      endSpan(span)
      return read
    } catch (error) {
      endSpan(span, toError(error))
      if (error instanceof Unanswered) metrics.unanswered(type, error.reason)
      else if (error instanceof Undecodable) metrics.unanswered(type, 'unreadable')
      else throw error
      report(type, error)
      return null
    }
  }
}

const headersOf = (span: Span | undefined): Readonly<Record<string, string>> => {
  const { traceparent, tracestate } = span ? traceContextOf(span) : {}
  return { ...(traceparent !== undefined && { traceparent }), ...(tracestate !== undefined && { tracestate }) }
}
