/** The questions of a service to others, and its answers to theirs. */
import type { Language, ServiceModel } from '@quadrille/messages'
import type { Participant } from '@quadrille/messaging'
import type { Logger } from 'pino'
import { createAnswers } from '../questions/answer.ts'
import { type Ask, createAsk } from '../questions/ask.ts'
import { createAnsweringMetrics, createAskingMetrics } from '../questions/metrics.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { createQuestionSpans } from '../telemetry/question-spans.ts'
import type { Wiring } from './define.ts'

interface Parts {
  readonly language: Language
  readonly model: ServiceModel
  readonly participant: Participant
  readonly metrics: Pick<Metrics, 'registry'>
  readonly log: Logger
}

/** A service that asks nothing has no metrics of questions. */
export const openAsk = ({ model, participant, metrics, log }: Parts): Ask => {
  if (!model.asks?.length)
    return () => Promise.reject(new Error(`The model of ${model.name} lists no questions under asks.`))
  return createAsk({
    asking: participant,
    metrics: createAskingMetrics(metrics.registry, () => participant.lateAnswers()),
    spans: createQuestionSpans({ service: model.name, system: participant.system }),
    log,
  })
}

export const answerQuestions = (
  { language, model, participant, metrics, log }: Parts,
  { answers }: Pick<Wiring, 'answers'>,
): void => {
  if (!answers) return
  participant.answer(
    createAnswers({
      questions: language.questions,
      answers,
      metrics: createAnsweringMetrics(metrics.registry),
      spans: createQuestionSpans({ service: model.name, system: participant.system }),
      log,
    }),
  )
}
