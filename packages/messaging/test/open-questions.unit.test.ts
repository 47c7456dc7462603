import { expect, it, vi } from 'vitest'
import { OpenQuestions } from '../src/questions/open-questions.ts'

const question = { type: 'Price', body: Buffer.from('mug'), headers: {} }
const answer = Buffer.from('12')

/** Opens a question. Resolves to its answer, or to the reason without one. */
const asked = (open: OpenQuestions, send: (id: string) => void, timeoutMs = 10_000) =>
  open.ask(question, timeoutMs, send).catch(({ reason }: { reason: string }) => reason)

it('a question gets the first answer to its id, and drops later ones', async () => {
  const open = new OpenQuestions()
  const ids: string[] = []
  const [first, second] = [asked(open, (id) => ids.push(id)), asked(open, (id) => ids.push(id))]
  const [one = '', other = ''] = ids
  open.answered(other, Buffer.from('second'))
  open.answered(one, answer)
  open.answered(one, Buffer.from('twice'))
  open.answered('never asked', answer)
  expect([await first, await second]).toEqual([answer, Buffer.from('second')])
  expect(open.late()).toBe(2)
})

it('the number of open questions has a maximum', async () => {
  const open = new OpenQuestions()
  const ids: string[] = []
  const answers = Array.from({ length: 10_000 }, () => asked(open, (id) => ids.push(id)))
  expect(await Promise.race([asked(open, () => undefined, 1), answers[0]])).toBe('overload')
  for (const id of ids) open.answered(id, answer)
  expect(await Promise.all(answers)).toEqual(Array(10_000).fill(answer))
  expect(await asked(open, (id) => open.answered(id, answer))).toEqual(answer)
})

it('each question has a maximum size', async () => {
  const open = new OpenQuestions()
  const sent: string[] = []
  const tooLarge = { ...question, body: Buffer.alloc(256 * 1_024 + 1) }
  await expect(open.ask(tooLarge, 10_000, (id) => sent.push(id))).rejects.toMatchObject({ reason: 'overload' })
  expect(sent).toEqual([])
})

it('all open questions together have a maximum size', async () => {
  const open = new OpenQuestions()
  const large = { ...question, body: Buffer.alloc(256 * 1_024) }
  const ids: string[] = []
  const ask = () => open.ask(large, 10_000, (id) => ids.push(id)).catch(({ reason }: { reason: string }) => reason)
  const asked = Array.from({ length: 65 }, ask)
  expect(await asked[64]).toBe('overload')
  for (const id of ids) open.answered(id, answer)
  expect(await Promise.all(asked.slice(0, 64))).toEqual(Array(64).fill(answer))
  const later = ask()
  open.answered(ids.at(-1) ?? '', answer)
  expect(await later).toEqual(answer)
})

it('no question stays open after its answer, its failure, its timeout or the end of the connection', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const open = new OpenQuestions()
    const answered = asked(open, (id) => open.answered(id, answer))
    const thrown = asked(open, () => {
      throw new Error('the channel is closed')
    })
    expect([await answered, await thrown, vi.getTimerCount()]).toEqual([answer, 'disconnected', 0])
    const slow = asked(open, () => undefined, 100)
    vi.advanceTimersByTime(100)
    expect(await slow).toBe('timeout')
    const cut = asked(open, () => undefined)
    open.allFailed('the connection has ended')
    expect([await cut, vi.getTimerCount()]).toEqual(['disconnected', 0])
  } finally {
    vi.useRealTimers()
  }
})
