import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Breaker, createBreaker, type Turn } from '../../src/delivery/circuit-breaker.ts'

let changes: string[]
let breaker: Breaker
const running = new AbortController().signal

beforeEach(() => {
  vi.useFakeTimers()
  changes = []
  breaker = createBreaker({ onChange: (state) => void changes.push(state) })
})
afterEach(() => {
  vi.useRealTimers()
})

/** A turn that is there at once. */
const turn = async (signal = running): Promise<Turn> => {
  const given = await breaker.admit(signal)
  if (!given) throw new Error('There is no turn.')
  return given
}

const fail = async (...parcels: string[]): Promise<boolean[]> => {
  const turns = await Promise.all(parcels.map(() => turn()))
  return turns.map((one, index) => one.failed({ subject: parcels[index] ?? '' }))
}

const open = () => fail('1', '2', '3', '4', '5')

/** Somebody who waits for a turn, and what has become of that. */
const waiter = (signal = running) => {
  const state: { turn: Turn | null | undefined } = { turn: undefined }
  void breaker.admit(signal).then((given) => {
    state.turn = given
  })
  return state
}

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms)

describe('a circuit breaker', () => {
  it('opens when the outside has failed for five parcels in a row', async () => {
    expect(await open()).toEqual([false, false, false, false, true])
    expect(changes).toEqual(['open'])
  })

  it('opens when the few parcels of a small post office have got no answer for five seconds, and not before', async () => {
    expect(await fail('1', '2', '1', '2')).toEqual([false, false, false, false])
    await pass(4_999)
    expect(await fail('1')).toEqual([false])
    await pass(1)
    expect(await fail('1')).toEqual([true])
    expect(changes).toEqual(['open'])
  })

  it('stays closed for one parcel that always fails while others are answered', async () => {
    for (let attempt = 0; attempt < 20; attempt += 1) {
      expect(await fail('1', '1')).toEqual([false, false])
      await pass(60_000)
      ;(await turn()).answered()
    }
    expect(changes.length).toBe(0)
  })

  it('lets a turn out of turn ask while it is open, and leaves the try to those who wait', async () => {
    await open()
    const entered = breaker.enter()
    expect([entered.tries, entered.failed({ subject: '6' })]).toEqual([false, true])
    const waiting = waiter()
    await pass(1_000)
    expect(waiting.turn?.tries).toBe(true)
    breaker.enter().answered()
    expect(changes).toEqual(['open', 'closed'])
  })

  it('begins to count anew after any answer', async () => {
    await fail('1', '2', '3', '4')
    ;(await turn()).answered()
    expect(await fail('5', '6', '7', '8')).toEqual([false, false, false, false])
    expect(changes).toEqual([])
  })

  it('counts no failure of what was asked before it opened', async () => {
    const asked = await turn()
    await open()
    expect(asked.failed({ subject: '6' })).toBe(true)
  })

  it('lets one try after a second, and closes for all when that is answered', async () => {
    await open()
    const waiting = [waiter(), waiter(), waiter()]
    await pass(999)
    expect(waiting.map(({ turn: given }) => given)).toEqual([undefined, undefined, undefined])
    await pass(1)
    expect(waiting.map(({ turn: given }) => given !== undefined)).toEqual([true, false, false])
    waiting[0]?.turn?.answered()
    await pass(0)
    expect(waiting.every(({ turn: given }) => given)).toBe(true)
    expect(changes).toEqual(['open', 'closed'])
  })

  it('waits twice as long after each try in vain, up to ten seconds, and another one tries', async () => {
    await open()
    const pauses = [1_000, 2_000, 4_000, 8_000, 10_000, 10_000]
    const waiting = pauses.map(() => waiter())
    for (const [index, ms] of pauses.entries()) {
      await pass(ms - 1)
      expect(waiting[index]?.turn).toBeUndefined()
      await pass(1)
      expect(waiting[index]?.turn?.failed({ subject: String(index) })).toBe(true)
    }
    expect(changes).toEqual(['open'])
  })

  it('gives the turn on where a try says nothing about the outside', async () => {
    await open()
    const [first, second] = [waiter(), waiter()]
    await pass(1_000)
    expect(second.turn).toBeUndefined()
    first.turn?.leave()
    await pass(0)
    expect(second.turn).toBeTruthy()
  })

  it('lets only one try at a time, also of those who come when the pause is over', async () => {
    await open()
    await pass(1_000)
    const [first, second] = [waiter(), waiter()]
    await pass(0)
    expect([first.turn !== undefined, second.turn !== undefined]).toEqual([true, false])
  })

  it('closes by a late answer, and then has no pause left that runs out', async () => {
    const asked = await turn()
    await open()
    asked.answered()
    await open()
    const waiting = waiter()
    await pass(999)
    expect(waiting.turn).toBeUndefined()
    await pass(1)
    expect(waiting.turn).toBeTruthy()
    expect(changes).toEqual(['open', 'closed', 'open'])
  })

  it('keeps nobody who wants to stop', async () => {
    await open()
    const stopping = new AbortController()
    const waiting = waiter(stopping.signal)
    stopping.abort()
    await pass(0)
    expect(waiting.turn).toBeNull()
    expect(await breaker.admit(stopping.signal)).toBeNull()
  })
})
