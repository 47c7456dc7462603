/** The hint in a closed loop: a model of a queue whose instances are always as many as the hint of a moment ago. */
import { expect, it } from 'vitest'
import { figuresOf, type Sample } from '../../../src/telemetry/load/figures.ts'

/** Messages that an instance handles per second at most. */
const capacityPerS = 20
const sampleEveryS = 5
const samplesKept = 4

interface Instance {
  readonly samples: Sample[]
  handled: number
  busyMs: number
}

const newInstance = (): Instance => ({ samples: [], handled: 0, busyMs: 0 })

/** The number of instances after each sample. `arrivals` are the messages that arrive in a second. */
const follow = (seconds: number, arrivals: (second: number) => number): number[] => {
  const numbers: number[] = []
  let instances = [newInstance()]
  let waiting = 0
  for (let second = 0; second < seconds; second += 1) {
    waiting += arrivals(second)
    const each = Math.min(capacityPerS, waiting / instances.length)
    waiting -= each * instances.length
    for (const instance of instances) {
      instance.handled += each
      instance.busyMs += (each / capacityPerS) * 1_000
    }
    if (second % sampleEveryS > 0) continue
    const depth = { messages: Math.round(waiting), consumers: instances.length }
    for (const { samples, handled, busyMs } of instances) {
      samples.push({ atMs: second * 1_000, depth, handled, busyMs, rateLimited: null })
      samples.splice(0, samples.length - samplesKept)
    }
    const wanted = Math.max(...instances.map(({ samples }) => figuresOf(samples).instancesWanted ?? instances.length))
    instances = Array.from({ length: wanted }, (_, index) => instances[index] ?? newInstance())
    numbers.push(wanted)
  }
  return numbers
}

it('a constant load gets enough instances, not many more in between, and keeps them', () => {
  const numbers = follow(300, () => 100)
  expect(Math.max(...numbers)).toBeLessThanOrEqual(12)
  expect(new Set(numbers.slice(-30))).toEqual(new Set([8])) // 100/s, of which each should handle 14
})

it('a burst gets more instances, then fewer and fewer, and one is left', () => {
  const numbers = follow(300, (second) => (second < 5 ? 400 : 0))
  const most = Math.max(...numbers)
  const since = numbers.slice(numbers.indexOf(most))
  expect(most).toBeGreaterThan(1)
  expect(since).toEqual(since.toSorted((one, other) => other - one))
  expect(since.at(-1)).toBe(1)
})
