/** Answers questions of other services: reads each, and has all of one type answered together. */
import type { Span } from '@opentelemetry/api'
import { onceASecond, toError } from '@quadrille/async'
import { type Language, readContent, Undecodable, writeContent } from '@quadrille/messages'
import type { AnswerBatch, WireQuestion } from '@quadrille/messaging'
import type { Logger } from 'pino'
import type { Metrics } from '../telemetry/metrics.ts'
import { endSpan, inSpan, outsideSpans, type Tracing } from '../telemetry/tracing.ts'
import { type AnsweringMetrics, createAnsweringMetrics } from './metrics.ts'

/**
 * Answers the questions of one type that have arrived while the last ones were answered. Returns an answer for each, in their order.
 * Declared as a method, so that functions for different questions fit into one record.
 */
export type AnswerAll<Asked = unknown, Answer = unknown> = {
  answer(asked: readonly Asked[]): Promise<readonly Answer[]>
}['answer']

/** The functions that answer, by the type of the question. */
export type Answers = Readonly<Record<string, AnswerAll>>

/** The parts of a runtime that answering needs. */
export interface AnswererOptions {
  readonly language: Pick<Language, 'questions'>
  readonly tracing: Pick<Tracing, 'answer'>
  readonly metrics: Pick<Metrics, 'registry'>
  readonly log: Pick<Logger, 'warn'>
}

/** A question that can't be read gets no answer, and costs the others nothing. Nor does a type whose answers fail. */
export const createAnswers = ({ language, tracing, metrics, log }: AnswererOptions, answers: Answers): AnswerBatch => {
  const answering = {
    questions: language.questions,
    answers,
    metrics: createAnsweringMetrics(metrics.registry),
    tracing,
    report: onceASecond((question: string, err: unknown) => log.warn({ err, question }, 'a question was not answered')),
  }
  return async (questions) => {
    const ofEachType = [...Map.groupBy(questions, ({ type }) => type)]
    const answered = await Promise.all(ofEachType.map(([type, same]) => answerSameType(type, same, answering)))
    const bodies = new Map(answered.flat())
    return questions.map((question) => bodies.get(question) ?? null)
  }
}

interface Answering extends Pick<Language, 'questions'> {
  readonly answers: Answers
  readonly metrics: AnsweringMetrics
  readonly tracing: Pick<Tracing, 'answer'>
  readonly report: (question: string, error: unknown) => void
}

/** The answers as bodies, by their questions. */
const answerSameType = async (
  type: string,
  questions: readonly WireQuestion[],
  { questions: defined, answers, metrics, tracing, report }: Answering,
): Promise<(readonly [WireQuestion, Uint8Array])[]> => {
  const [definition, answerAll] = [defined[type], answers[type]]
  if (!definition || !answerAll) {
    metrics.count(type, 'unknown', questions.length)
    report(type, new Error('This version does not answer it. An older or newer one has bound its queue to the type.'))
    return []
  }
  const read = questions.flatMap((question) => {
    const content = readOrNull(() => readContent(definition.asked, question.body))
    return content === null ? [] : [{ question, ...content }]
  })
  metrics.count(type, 'unreadable', questions.length - read.length)
  const opened = questions.map(({ headers }) => tracing.answer(type, headers))
  try {
    const answerRead = async () => (read.length > 0 ? answerAll(read.map(({ asked }) => asked)) : [])
    const contents = await runIn(
      opened.find((span) => span !== undefined),
      answerRead,
    )
    const bodies = read.map(
      ({ question }, index) => [question, writeContent(definition.answer, contents[index])] as const,
    )
    metrics.count(type, 'answered', read.length)
    for (const span of opened) endSpan(span)
    return bodies
  } catch (error) {
    metrics.count(type, 'failed', read.length)
    for (const span of opened) endSpan(span, toError(error))
    report(type, error)
    return []
  }
}

/** Runs in the span of a question, and never in the one that happens to be active: in one process that is the request of the asker. */
const runIn = <Result>(span: Span | undefined, run: () => Result): Result =>
  span ? inSpan(span, run) : outsideSpans(run)

const readOrNull = (read: () => unknown): { readonly asked: unknown } | null => {
  try {
    return { asked: read() }
  } catch (error) {
    if (error instanceof Undecodable) return null
    throw error
  }
}
