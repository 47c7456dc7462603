import { batching } from '@quadrille/async'
import { maxBodyBytes } from '@quadrille/messages'
import type { AnswerBatch, WireQuestion } from './port.ts'

/** The maximum number of questions in one batch. */
const maxAnswerBatch = 64

/** A question that has arrived, and the time until which it is answered, by `performance.now()`. */
export interface ArrivedQuestion {
  readonly question: WireQuestion
  readonly untilMs: number
}

/** Answers one question, with those that wait at the same time. Resolves to null without an answer, and never rejects. */
export type Answerer = (arrived: ArrivedQuestion) => Promise<Uint8Array | null>

/**
 * Natural batching of questions. One batch runs at a time. A question that has waited too long is not answered. The caller limits the
 * number of waiting questions.
 */
export const createAnswerer = (answer: AnswerBatch, onError: (error: unknown) => void): Answerer =>
  batching(
    async (arrived: readonly ArrivedQuestion[]) => {
      const now = performance.now()
      const awaited = arrived.filter(({ untilMs }) => untilMs > now)
      if (awaited.length === 0) return arrived.map(() => null)
      try {
        const answers = await answer(awaited.map(({ question }) => question))
        if (answers.some((body) => (body?.byteLength ?? 0) > maxBodyBytes))
          throw new RangeError(`An answer is larger than ${maxBodyBytes} bytes.`)
        const byQuestion = new Map(awaited.map((one, index) => [one, answers[index] ?? null]))
        return arrived.map((one) => byQuestion.get(one) ?? null)
      } catch (error) {
        onError(error)
        return arrived.map(() => null)
      }
    },
    { maxSize: maxAnswerBatch },
  )
