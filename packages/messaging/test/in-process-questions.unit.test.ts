/** The limits of instances that answer questions in one process, and which of them answers. */
import { expect, it } from 'vitest'
import { aService } from '../conformance/index.ts'
import { type AnsweringInstances, InProcessQuestions } from '../src/in-process/questions.ts'
import { type AnswerBatch, questionsOf } from '../src/index.ts'

const topology = { ...aService('shelves', { answers: ['Price'] }), asking: [questionsOf('shelves', ['Price'])] }

const anInstance = (instances: AnsweringInstances = new Set()) =>
  new InProcessQuestions({ topology, instances, onAnswerError: () => undefined })

/** Resolves to the answer, or to the reason without one. */
const ask = (questions: InProcessQuestions, timeoutMs: number) =>
  questions
    .ask({ type: 'Price', body: Buffer.from('mug'), headers: {} }, { timeoutMs })
    .then(String, ({ reason }: { reason: string }) => reason)

const always =
  (answer: string): AnswerBatch =>
  async (asked) =>
    asked.map(() => Buffer.from(answer))

it('of the instances that have not left, the last one that has begun answers', async () => {
  const instances: AnsweringInstances = new Set()
  const asking = anInstance(instances)
  const [first, second, third] = [anInstance(instances), anInstance(instances), anInstance(instances)]
  first.answer(always('first'))
  second.answer(always('second'))
  third.answer(always('third'))
  second.leave()
  expect(await ask(asking, 10_000)).toBe('third')
  third.leave()
  expect(await ask(asking, 10_000)).toBe('first')
  first.leave()
  expect(await ask(asking, 10_000)).toBe('no_service')
})

it('a maximum of questions waits at an instance, also of those whose askers have given up', async () => {
  const questions = anInstance()
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  let batches = 0
  questions.answer(async (asked) => {
    batches += 1
    await released
    return asked.map(({ body }) => body)
  })
  const first = ask(questions, 10_000)
  await expect.poll(() => batches).toBe(1)
  const given = await Promise.all(Array.from({ length: 9_999 }, () => ask(questions, 1)))
  expect(new Set(given)).toEqual(new Set(['timeout']))
  expect(await ask(questions, 10_000)).toBe('overload')
  release()
  expect(await first).toBe('mug')
  await expect.poll(() => ask(questions, 10_000)).toBe('mug')
})
