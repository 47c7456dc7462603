/** The limits and the turns of instances that answer questions in one process. */
import { expect, it } from 'vitest'
import { aService } from '../conformance/index.ts'
import { AnsweringInstances, LocalQuestions } from '../src/in-process/questions.ts'
import { questionsOf } from '../src/index.ts'

const exchange = 'shelves.questions'

const anInstance = (...types: string[]) => ({
  exchange,
  types,
  answerer: () => Promise.resolve(null),
  waiting: 0,
  hasLeft: false,
})

it('instances take turns, and each keeps its types while others leave', () => {
  const instances = new AnsweringInstances()
  const old = anInstance('Price')
  const [first, second] = [anInstance('Price', 'Weight'), anInstance('Price', 'Weight')]
  for (const instance of [old, first, second]) instances.add(instance)
  expect(['Weight', 'Weight', 'Weight'].map((type) => instances.next(exchange, type))).toEqual([first, second, first])
  for (const instance of [first, second]) instances.remove(instance)
  expect(instances.next(exchange, 'Price')).toBe(old)
  expect(instances.next(exchange, 'Weight')).toBeUndefined()
})

it('a maximum of questions waits at an instance, also of those whose askers have given up', async () => {
  const topology = { ...aService('shelves', { answers: ['Price'] }), asks: [questionsOf('shelves', ['Price'])] }
  const questions = new LocalQuestions({
    topology,
    instances: new AnsweringInstances(),
    onAnswerError: () => undefined,
  })
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
  const ask = (timeoutMs: number) =>
    questions
      .ask({ type: 'Price', body: Buffer.from('mug'), headers: {} }, { timeoutMs })
      .then(String, ({ reason }: { reason: string }) => reason)
  const first = ask(10_000)
  await expect.poll(() => batches).toBe(1)
  const given = await Promise.all(Array.from({ length: 9_999 }, () => ask(1)))
  expect(new Set(given)).toEqual(new Set(['timeout']))
  expect(await ask(10_000)).toBe('overload')
  release()
  expect(await first).toBe('mug')
  await expect.poll(() => ask(10_000)).toBe('mug')
})
