/** The limits of instances that answer questions in one process, and which of them answers. */
import { expect, it } from 'vitest'
import { aService } from '../conformance/index.ts'
import { type AnsweringInstances, LocalQuestions } from '../src/in-process/questions.ts'
import { type AnswerBatch, questionsOf } from '../src/index.ts'

const topology = { ...aService('shelves', { answers: ['Price'] }), asks: [questionsOf('shelves', ['Price'])] }

const anInstance = (instances: AnsweringInstances = new Map()) =>
  new LocalQuestions({ topology, instances, onAnswerError: () => undefined })

/** Resolves to the answer, or to the reason without one. */
const ask = (questions: LocalQuestions, timeoutMs: number) =>
  questions
    .ask({ type: 'Price', body: Buffer.from('mug'), headers: {} }, { timeoutMs })
    .then(String, ({ reason }: { reason: string }) => reason)

const always =
  (answer: string): AnswerBatch =>
  async (asked) =>
    asked.map(() => Buffer.from(answer))

it('the last instance that has begun to answer does so until it leaves', async () => {
  const instances: AnsweringInstances = new Map()
  const [asking, old, next] = [anInstance(instances), anInstance(instances), anInstance(instances)]
  old.answer(always('old'))
  next.answer(always('next'))
  old.leave()
  expect(await ask(asking, 10_000)).toBe('next')
  next.leave()
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
