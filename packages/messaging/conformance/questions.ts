/** Questions between services, and their answers. */
import { describe, expect, it } from 'vitest'
import { type AnswerBatch, type Participant, questionsOf, Unanswered, type WireQuestion } from '../src/index.ts'
import { aService, connected, type Harness, type MakeHarness, on, unique, until, withoutInbox } from './harness.ts'

const type = 'Price'

/** An asking and an answering service. */
const aDialogue = () => {
  const [from, to] = [unique('asking'), unique('answering')]
  const answering = withoutInbox(aService(to, { answers: [type] }))
  return { asking: withoutInbox(aService(from, { asking: [questionsOf(to, [type])] })), answering }
}

const aQuestion = (text: string): WireQuestion => ({
  type,
  body: Buffer.from(text),
  headers: { traceparent: `of ${text}` },
})

/** Long enough for an answer, ms. */
const patientMs = 10_000

const ask = async (participant: Participant, text: string, timeoutMs = patientMs): Promise<string> =>
  Buffer.from(await participant.questions.ask(aQuestion(text), { timeoutMs })).toString()

/** The reason without an answer. */
const unanswered = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    (answer) => `answered: ${String(answer)}`,
    (error: unknown) => (error instanceof Unanswered ? error.reason : error),
  )

const textOf = ({ body }: WireQuestion): string => Buffer.from(body).toString()

/** Answers each question by its own text. */
const echo: AnswerBatch = async (questions) => questions.map((question) => Buffer.from(`re ${textOf(question)}`))

/** The answering service answers its first question. */
const answering = async (
  harness: Harness,
  { asking, answering: to }: ReturnType<typeof aDialogue>,
  answer: AnswerBatch,
) => {
  const [asker, responder] = [await connected(harness, asking), await connected(harness, to)]
  responder.answer(answer)
  await until(() => unanswered(ask(asker, 'ready?', 1_000))).toContain('answered')
  return { asker, responder }
}

/** An answer that waits until it is released. */
const held = () => {
  const asked: string[][] = []
  let release: () => void = () => undefined
  let released = Promise.resolve()
  const answer: AnswerBatch = async (questions) => {
    asked.push(questions.map(textOf))
    await released
    return echo(questions)
  }
  return {
    answer,
    /** The questions of each batch. */
    asked,
    hold: () => {
      released = new Promise((resolve) => {
        release = resolve
      })
    },
    release: () => release(),
  }
}

export const questions = (makeHarness: MakeHarness) =>
  describe('questions', () => {
    it(
      'each of a thousand gets its own answer, at several instances that ask',
      on(makeHarness, async (harness) => {
        const dialogue = aDialogue()
        const { asker } = await answering(harness, dialogue, echo)
        const other = await connected(harness, dialogue.asking)
        await until(() => unanswered(ask(other, 'ready?', 1_000))).toContain('answered')
        const lateAnswers = () => [asker, other].map(({ questions }) => questions.lateAnswers())
        const before = lateAnswers()
        // A broker may drop questions that wait for a few seconds, so not all are asked at once.
        for (let round = 0; round < 4; round += 1) {
          const texts = Array.from({ length: 250 }, (_, index) => `${round}.${index}`)
          const answers = await Promise.all(texts.map((text, index) => ask(index % 2 === 0 ? asker : other, text)))
          expect(answers).toEqual(texts.map((text) => `re ${text}`))
        }
        expect(lateAnswers()).toEqual(before)
      }),
    )

    it(
      'that arrive while a batch runs are answered together, with their headers',
      on(makeHarness, async (harness) => {
        const { answer, asked, hold, release } = held()
        const headers: unknown[] = []
        const { asker } = await answering(harness, aDialogue(), (all) => {
          headers.push(...all.map((question) => question.headers['traceparent']))
          return answer(all)
        })
        hold()
        const first = ask(asker, 'first')
        await until(() => asked.at(-1)).toEqual(['first'])
        const rest = Promise.all(['a', 'b', 'c'].map((text) => ask(asker, text)))
        for (const late of ['late', 'later']) expect(await unanswered(ask(asker, late, 100))).toBe('timeout')
        release()
        expect([await first, ...(await rest)]).toEqual(['re first', 're a', 're b', 're c'])
        const batches = asked.slice(asked.findIndex((texts) => texts.includes('first')) + 1)
        expect(batches.flat().slice(0, 3)).toEqual(['a', 'b', 'c'])
        expect(batches.flat()).not.toContain('late') // its answer is no longer awaited
        expect(batches.length).toBeLessThan(3)
        expect(headers).toContain('of b')
      }),
    )

    it(
      'get no answer at once if no service answers them',
      on(makeHarness, async (harness) => {
        const asker = await connected(harness, aDialogue().asking)
        await until(() => unanswered(ask(asker, 'alone'))).toBe('no_service')
      }),
    )

    it(
      'get no answer after the timeout, and a late answer is not taken for that of another',
      on(makeHarness, async (harness) => {
        const { answer, hold, release } = held()
        const { asker } = await answering(harness, aDialogue(), answer)
        const before = asker.questions.lateAnswers() // of the questions that were repeated until an answer came
        hold()
        expect(await unanswered(ask(asker, 'slow', 50))).toBe('timeout')
        const next = ask(asker, 'next')
        release()
        expect(await next).toBe('re next')
        expect(asker.questions.lateAnswers()).toBe(before + 1)
      }),
    )

    it(
      'get their first answer, and drop a second one',
      on(makeHarness, async (harness) => {
        const dialogue = aDialogue()
        const given = { first: 0, second: 0 }
        const countedBy =
          (responder: keyof typeof given): AnswerBatch =>
          (all) => {
            given[responder] += all.length
            return echo(all)
          }
        const { asker } = await answering(harness, dialogue, countedBy('first'))
        const { answering: topics } = dialogue.answering
        const twin = {
          ...dialogue.answering,
          ...(topics && { answering: { ...topics, queue: `${topics.queue}.twin` } }),
        }
        const second = await connected(harness, twin)
        second.answer(countedBy('second'))
        let answered = 1 // by `answering`
        const askNext = async () => {
          answered += 1
          expect(await ask(asker, String(answered))).toBe(`re ${answered}`)
          return given.second
        }
        await until(askNext).toBeGreaterThan(0)
        for (let count = 0; count < 20; count += 1) await askNext()
        await until(() => given.first + given.second - asker.questions.lateAnswers()).toBe(answered)
      }),
    )

    it(
      'get no answer if the answer fails or is null, and later ones do',
      on(makeHarness, async (harness) => {
        const { asker } = await answering(harness, aDialogue(), async (all) => {
          if (all.some((question) => textOf(question) === 'fails')) throw new Error('no answer today')
          return (await echo(all)).map((reply, index) => (all[index] && textOf(all[index]) === 'null' ? null : reply))
        })
        expect(await unanswered(ask(asker, 'fails', 50))).toBe('timeout')
        expect(await unanswered(ask(asker, 'null', 50))).toBe('timeout')
        expect(await ask(asker, 'better')).toBe('re better')
      }),
    )

    it(
      'are answered by other instances after one has left',
      on(makeHarness, async (harness) => {
        const dialogue = aDialogue()
        const { answer, asked, hold } = held()
        const { asker, responder } = await answering(harness, dialogue, answer)
        hold()
        const lost = unanswered(ask(asker, 'lost', 200))
        await until(() => asked.at(-1)).toEqual(['lost'])
        await responder.leave()
        expect(await lost).toBe('timeout')
        const second = await connected(harness, dialogue.answering)
        second.answer(echo)
        await until(() => unanswered(ask(asker, 'again', 200))).toContain('answered')
      }),
    )

    it(
      'end with the instance that asks them, and disturb no other',
      on(makeHarness, async (harness) => {
        const dialogue = aDialogue()
        const { answer, asked, hold, release } = held()
        const { asker } = await answering(harness, dialogue, answer)
        hold()
        const open = unanswered(ask(asker, 'open'))
        await until(() => asked.at(-1)).toEqual(['open'])
        await asker.leave()
        expect(await open).toBe('disconnected')
        expect(await unanswered(ask(asker, 'after'))).toBe('disconnected')
        release()
        const other = await connected(harness, dialogue.asking)
        await until(() => unanswered(ask(other, 'other', 200))).toContain('answered')
      }),
    )

    it(
      'of a type that is not in the topology are a bug of the caller',
      on(makeHarness, async (harness) => {
        const { asking } = aDialogue()
        const asker = await connected(harness, asking)
        await expect(asker.questions.ask({ ...aQuestion('?'), type: 'Other' }, { timeoutMs: 50 })).rejects.toThrow(
          "can't ask Other",
        )
        expect(() => asker.answer(echo)).toThrow("can't answer")
      }),
    )
  })
