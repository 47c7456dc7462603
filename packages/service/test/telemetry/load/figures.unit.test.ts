import { expect, it } from 'vitest'
import { figuresOf, type Sample } from '../../../src/telemetry/load/figures.ts'

/** A sample of a consumer that handles 10 messages per second and is always busy. */
const sample = (second: number, messages: number | null): Sample => ({
  atMs: 50_000 + second * 1_000,
  depth: messages === null ? null : { messages, consumers: 1 },
  handled: 700 + second * 10,
  busyMs: 900 + second * 1_000,
  rateLimited: null,
})

it('has no rates with fewer than two samples', () => {
  expect(figuresOf([])).toEqual({ depth: null, utilisation: null, rateLimited: null, instancesWanted: null })
  expect(figuresOf([sample(0, 5)])).toEqual({
    depth: { messages: 5, consumers: 1 },
    utilisation: null,
    rateLimited: null,
    instancesWanted: null,
  })
})

it('takes rates from the first sample to the last', () => {
  // 10/s are handled and 20/s arrive. With 200 waiting messages to handle within a minute, 23.3/s are needed.
  const figures = figuresOf([sample(0, 50), sample(5, 400), sample(10, 20), sample(15, 200)])
  expect(figures).toEqual({
    depth: { messages: 200, consumers: 1 },
    utilisation: 1,
    rateLimited: null,
    instancesWanted: 4,
  })
})

it('has a utilisation but no hint while the broker is unavailable', () => {
  expect(figuresOf([sample(0, 50), sample(5, null)])).toEqual({
    depth: null,
    utilisation: 1,
    rateLimited: null,
    instancesWanted: null,
  })
})

it('computes the growth from the samples with a known depth', () => {
  // The queue grew by 20/s between the last two samples.
  const figures = figuresOf([sample(0, null), sample(5, 0), sample(10, 100)])
  expect(figures.instancesWanted).toBe(5)
})

it('counts the instances that consumed the queue on average', () => {
  // Five instances for half of the time: 3 on average, which handled 10/s each, while the queue shrank by 20/s.
  const one = (second: number, messages: number) => ({ ...sample(second, messages), depth: { messages, consumers: 1 } })
  const five = (second: number, messages: number) => ({
    ...sample(second, messages),
    depth: { messages, consumers: 5 },
  })
  const figures = figuresOf([one(0, 400), sample(5, null), one(8, 400), five(12, 200), five(20, 0)])
  expect(figures.instancesWanted).toBe(2) // for 10/s
})

it('does not judge an instance by the time until its first message was handled', () => {
  const started = { ...sample(0, 100), handled: 0, busyMs: 0 }
  const slow = { ...sample(5, 100), handled: 1, busyMs: 4_000 }
  const usual = { ...sample(10, 100), handled: 51, busyMs: 9_000 }
  expect(figuresOf([started, slow])).toMatchObject({ utilisation: 0.8, instancesWanted: null })
  expect(figuresOf([started, slow, usual])).toMatchObject({ utilisation: 0.9, instancesWanted: 2 })
  expect(figuresOf([started, { ...slow, handled: 0 }]).instancesWanted).toBe(1)
})

it('does not want more instances while permits of a rate limit are lacking', () => {
  const waiting = (second: number, rateLimited: number) => ({ ...sample(second, 100 + 10 * second), rateLimited })
  expect(figuresOf([waiting(0, 3), waiting(5, 1), waiting(10, 9)])).toMatchObject({
    rateLimited: 9,
    instancesWanted: 1,
  })
  expect(figuresOf([waiting(0, 3), waiting(5, 0), waiting(10, 9)])).toMatchObject({
    rateLimited: 9,
    instancesWanted: 4,
  })
})

it('has a utilisation of at most 1', () => {
  expect(figuresOf([sample(0, 0), { ...sample(10, 0), busyMs: 999_999 }]).utilisation).toBe(1)
})
