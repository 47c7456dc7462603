import { expect, onTestFinished, test, vi } from 'vitest'
import { createAttempts } from '../src/amqp/attempts.ts'

const backoff = { firstMs: 100, maxMs: 3_000, random: () => 1 }
const live = new AbortController().signal

test('while the broker is away, eight connections make one attempt a pause; all connect when it is back', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let isUp = false
  let tries = 0
  const attempts = createAttempts(backoff)
  const connect = async () => {
    tries += 1
    if (!isUp) throw new Error('away')
  }
  const link = async () => {
    for (;;) {
      try {
        return await attempts(connect, live)
      } catch {
        // tried again, as a link does
      }
    }
  }
  const links = Promise.all(Array.from({ length: 8 }, link))
  await vi.advanceTimersByTimeAsync(0)
  expect(tries).toBe(8) // at the start nothing is known
  await vi.advanceTimersByTimeAsync(60_000)
  expect(tries).toBeLessThan(8 + 60_000 / backoff.maxMs + 8)
  isUp = true
  await vi.advanceTimersByTimeAsync(backoff.maxMs)
  await links
})

test('an aborted wait ends, and the others go on', async () => {
  const attempts = createAttempts({ ...backoff, firstMs: 60_000 })
  const away = () => Promise.reject(new Error('away'))
  await expect(attempts(away, live)).rejects.toThrow('away')
  const leaving = new AbortController()
  const waiting = attempts(away, leaving.signal)
  leaving.abort()
  await expect(waiting).rejects.toThrow('away')
  const other = new AbortController()
  const next = attempts(async () => 'connected', other.signal)
  other.abort()
  expect(await next).toBe('connected')
})
