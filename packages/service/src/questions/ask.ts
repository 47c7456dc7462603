/** Asks questions of other services, and reads their answers. */
import { onceASecond, toError } from '@quadrille/async'
import { type Question, readContent, type TraceContext, Undecodable, writeContent } from '@quadrille/messages'
import { type Asking, Unanswered } from '@quadrille/messaging'
import type { Logger } from 'pino'
import { headersOf, type QuestionSpans } from '../telemetry/question-spans.ts'
import { endSpan } from '../telemetry/tracing.ts'
import type { AskingMetrics } from './metrics.ts'

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

export interface AskerOptions {
  readonly asking: Asking
  readonly metrics: AskingMetrics
  readonly spans: QuestionSpans
  readonly log: Pick<Logger, 'warn'>
}

export const createAsk = ({ asking, metrics, spans, log }: AskerOptions): Ask => {
  const report = onceASecond((question: string, error: Error) =>
    log.warn({ question, reason: error.message }, 'a question got no answer; the service goes on without it'),
  )
  return async (question, asked, { timeoutMs, traces = [] }) => {
    const { type } = question
    const body = writeContent(question.asked, asked)
    const span = spans.ask(type, traces)
    const askedAtMs = performance.now()
    try {
      const answer = await asking.ask({ type, body, headers: headersOf(span) }, { timeoutMs })
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
