import { expect, it } from 'vitest'
import { figuresOf, type Sample } from '../../../src/telemetry/load/figures.ts'

/** Of a consumer that handles 10 messages a second and is busy all the time. */
const sample = (second: number, messages: number | null): Sample => ({
  atMs: 50_000 + second * 1_000,
  depth: messages === null ? null : { messages, consumers: 1 },
  handled: 700 + second * 10,
  busyMs: 900 + second * 1_000,
})

it('shows no rates before there are two samples', () => {
  expect(figuresOf([])).toEqual({ depth: null, utilisation: null, instancesWanted: null })
  expect(figuresOf([sample(0, 5)])).toEqual({
    depth: { messages: 5, consumers: 1 },
    utilisation: null,
    instancesWanted: null,
  })
})

it('takes rates from the first sample to the last', () => {
  // 10 a second are handled and 10 more a second come in: with 200 to be worked off in a minute that is 23.3 a second.
  const figures = figuresOf([sample(0, 50), sample(5, 400), sample(10, 20), sample(15, 200)])
  expect(figures).toEqual({ depth: { messages: 200, consumers: 1 }, utilisation: 1, instancesWanted: 4 })
})

it('shows what it knows while the broker is away, and no hint', () => {
  expect(figuresOf([sample(0, 50), sample(5, null)])).toEqual({ depth: null, utilisation: 1, instancesWanted: null })
})

it('takes the growth between samples whose depth is known', () => {
  // 20 more a second since the look before the last.
  const figures = figuresOf([sample(0, null), sample(5, 0), sample(10, 100)])
  expect(figures.instancesWanted).toBe(5)
})

it('holds a consumer for no busier than it can be', () => {
  expect(figuresOf([sample(0, 0), { ...sample(10, 0), busyMs: 999_999 }]).utilisation).toBe(1)
})
