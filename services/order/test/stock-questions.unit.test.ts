/** Requests share questions to inventory, and never wait longer than for one. */
import type { Context } from '@quadrille/service'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createStockQuestions } from '../src/stock-questions.ts'

const trace = {}

/**
 * Inventory knows every SKU but vases, and has 3 pieces of each. It answers each question when the test says so, for which requests wait
 * for `timeoutMs`.
 */
const startInventory = (timeoutMs = 30_000) => {
  const asked: (readonly string[])[] = []
  const answers: (() => void)[] = []
  const ask = (_question: unknown, { skus }: { skus: readonly string[] }) => {
    asked.push(skus)
    const levels = skus.filter((sku) => !sku.startsWith('vase')).map((sku) => ({ sku, available: 3 }))
    return new Promise((resolve) => {
      answers.push(() => resolve({ levels }))
      silences.push(() => resolve(null))
    })
  }
  const silences: (() => void)[] = []
  // The function has the type of one question only.
  const stockQuestions = createStockQuestions({
    ask: ask as Context<unknown>['ask'],
    config: { ORDER_CHECK_TIMEOUT_MS: timeoutMs },
  })
  return { asked, answers, silences, ...stockQuestions }
}

const turn = () => new Promise(setImmediate)

describe('stock levels', () => {
  it('come from one question for all requests that wait', async () => {
    const { ask, asked, answers } = startInventory()
    const first = ask(['mug'], trace)
    await turn()
    const rest = Promise.all([ask(['tea', 'vase'], trace), ask(['tea'], trace)])
    await turn()
    answers[0]?.()
    expect(await first).toEqual(new Map([['mug', 3]]))
    await turn()
    answers[1]?.()
    expect(await rest).toEqual([new Map([['tea', 3]]), new Map([['tea', 3]])])
    expect(asked).toEqual([['mug'], ['tea', 'vase']])
  })

  it('make a SKU known, unless it is not in the catalog or there was no answer', async () => {
    const { ask, answers, silences, isKnown } = startInventory()
    const found = ask(['mug', 'vase'], trace)
    await turn()
    answers[0]?.()
    await found
    const silent = ask(['tea'], trace)
    await turn()
    silences[1]?.()
    expect(await silent).toBeNull()
    expect(['mug', 'vase', 'tea'].map(isKnown)).toEqual([true, false, false])
  })

  it('are not awaited longer than for one question, also behind another one', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { ask, silences } = startInventory(150)
    const answers: unknown[] = []
    void ask(['mug'], trace).then((answer) => answers.push(answer))
    await vi.advanceTimersByTimeAsync(50)
    void ask(['tea'], trace).then((answer) => answers.push(answer))
    await vi.advanceTimersByTimeAsync(149)
    expect(answers).toEqual([null])
    await vi.advanceTimersByTimeAsync(1)
    expect(answers).toEqual([null, null])
    for (const silence of silences) silence()
  })

  it('are not asked for requests that no longer wait', async () => {
    const { ask, asked, answers } = startInventory(50)
    expect(await Promise.all([ask(['mug'], trace), turn().then(() => ask(['tea'], trace))])).toEqual([null, null])
    const next = ask(['vase'], trace)
    answers[0]?.()
    await turn()
    answers[1]?.()
    await next
    expect(asked).toEqual([['mug'], ['vase']])
  })

  it('have a maximum of SKUs in a question, and of SKUs that wait', async () => {
    const { ask, asked } = startInventory(600_000)
    const many = (count: number, name: string) => Array.from({ length: count }, (_, index) => `${name}-${index}`)
    for (let index = 0; index < 10; index += 1) void ask(many(1_000, `sku-${index}`), trace)
    expect(await ask(['one-more'], trace)).toBeNull() // without waiting, which would exceed the time limit of the test
    expect(asked.map((skus) => skus.length)).toEqual([1_000])
  })

  it('of requests without an order leave half of the maximum to orders', async () => {
    const { ask, askWithoutOrder, answers } = startInventory()
    const many = (name: string) => Array.from({ length: 1_000 }, (_, index) => `${name}-${index}`)
    let refused = 0
    for (let cart = 0; cart < 10; cart += 1)
      void askWithoutOrder(many(`cart-${cart}`), trace).then((levels) => {
        if (levels === null) refused += 1
      })
    await turn()
    expect(refused).toBe(5)
    const order = ask(['mug'], trace)
    for (let question = 0; question < 6; question += 1) {
      await turn()
      answers[question]?.()
    }
    expect(await order).toEqual(new Map([['mug', 3]]))
  })

  it('are remembered of a limited number of SKUs', async () => {
    const { ask, answers, isKnown } = startInventory()
    for (let start = 0; start <= 100_000; start += 1_000) {
      const found = ask(
        Array.from({ length: 1_000 }, (_, index) => `sku-${start + index}`),
        trace,
      )
      await turn()
      answers.at(-1)?.()
      await found
    }
    expect(['sku-0', 'sku-999', 'sku-1000', 'sku-100999'].map(isKnown)).toEqual([false, false, true, true])
  })
})
