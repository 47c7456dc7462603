import { expect, onTestFinished, test, vi } from 'vitest'
import { createConnectAttempts } from '../src/amqp/connect-attempts.ts'

const backoff = { firstMs: 100, maxMs: 3_000, random: () => 1 }
const live = new AbortController().signal

test('while the broker is unavailable, eight connections make one attempt per pause; all connect when it is back', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  let isUp = false
  let tries = 0
  const attempts = createConnectAttempts(backoff)
  const connect = async () => {
    tries += 1
    if (!isUp) throw new Error('away')
  }
  const connection = async () => {
    for (;;) {
      try {
        return await attempts(connect, live)
      } catch {
        // retried, as a connection does
      }
    }
  }
  const connections = Promise.all(Array.from({ length: 8 }, connection))
  await vi.advanceTimersByTimeAsync(0)
  expect(tries).toBe(8) // at first no failure is known, so all try
  await vi.advanceTimersByTimeAsync(60_000)
  expect(tries).toBeLessThan(8 + 60_000 / backoff.maxMs + 8)
  isUp = true
  await vi.advanceTimersByTimeAsync(backoff.maxMs)
  await connections
})

test('first attempts that fail at the same time count as one failure', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const attempts = createConnectAttempts(backoff)
  const connect = () => Promise.reject(new Error('away'))
  await Promise.allSettled(Array.from({ length: 8 }, () => attempts(connect, live)))
  let tries = 0
  const next = attempts(async () => (tries += 1), live)
  await vi.advanceTimersByTimeAsync(backoff.firstMs)
  expect(tries).toBe(1)
  await next
})

test('an aborted wait ends without an attempt, and the others continue', async () => {
  let jitter = 1
  const attempts = createConnectAttempts({ firstMs: 60_000, maxMs: 60_000, random: () => jitter })
  await expect(attempts(() => Promise.reject(new Error('away')), live)).rejects.toThrow('away')
  let tries = 0
  const connect = async () => (tries += 1)
  const leaving = new AbortController()
  const waiting = [attempts(connect, leaving.signal), attempts(connect, leaving.signal)]
  const next = attempts(connect, live)
  jitter = 0
  leaving.abort()
  for (const wait of waiting) await expect(wait).rejects.toBe(leaving.signal.reason)
  expect(await next).toBe(1)
})
