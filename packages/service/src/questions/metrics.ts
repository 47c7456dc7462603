/** The metrics of questions and answers. Only services that ask or answer have them. */
import type { UnansweredReason } from '@quadrille/messaging'
import { Counter, Histogram, type Registry } from 'prom-client'

type Outcome = 'answered' | UnansweredReason | 'unreadable'

const outcomes: readonly Outcome[] = ['answered', 'timeout', 'no_service', 'disconnected', 'overload', 'unreadable']

/** `lateAnswers` returns the number of answers so far that came too late or twice. */
export const createAskingMetrics = (registry: Registry, questions: readonly string[], lateAnswers: () => number) => {
  const registers = [registry]
  const asked = new Counter({
    name: 'quadrille_questions_total',
    help: `Questions to other services, by outcome: ${outcomes.join(', ')}`,
    labelNames: ['question', 'outcome'],
    registers,
  })
  for (const question of questions) {
    for (const outcome of outcomes) asked.inc({ question, outcome }, 0) // so that rate() sees the first one
  }
  const seconds = new Histogram({
    name: 'quadrille_question_seconds',
    help: 'Time from a question to its answer',
    labelNames: ['question'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1],
    registers,
  })
  new Counter({
    name: 'quadrille_answers_late_total',
    help: 'Answers that were dropped because they came too late or twice',
    registers,
    collect() {
      this.reset()
      this.inc(lateAnswers())
    },
  })
  return {
    answered: (question: string, tookMs: number) => {
      asked.inc({ question, outcome: 'answered' })
      seconds.observe({ question }, tookMs / 1_000)
    },
    unanswered: (question: string, outcome: Exclude<Outcome, 'answered'>) => asked.inc({ question, outcome }),
  }
}

export interface AnsweringMetrics {
  /** `unknown`: another version of the service answers this type, and its binding exists. */
  readonly count: (question: string, outcome: 'answered' | 'unreadable' | 'unknown' | 'failed', count: number) => void
}

export const createAnsweringMetrics = (registry: Registry): AnsweringMetrics => {
  const answers = new Counter({
    name: 'quadrille_answers_total',
    help: 'Questions of other services: answered, unreadable, failed, or unknown for a type of another version',
    labelNames: ['question', 'outcome'],
    registers: [registry],
  })
  return { count: (question, outcome, count) => answers.inc({ question, outcome }, count) }
}
