import { describe, expect, it, test } from 'vitest'
import { instancesWanted, type QueueLoad } from '../../../src/telemetry/load/instances-wanted.ts'

/** One instance that could handle 100 messages a second, does handle 50, and lets nothing wait. */
const calm: QueueLoad = { waiting: 0, growthPerS: 0, consumers: 1, handledPerS: 50, utilisation: 0.5 }
const flatOut: QueueLoad = { ...calm, handledPerS: 100, utilisation: 1 }

describe('the instances that a queue needs', () => {
  test.each<[string, QueueLoad, number]>([
    ['one that keeps up is enough', calm, 1],
    ['three as busy as they should be are enough', { ...calm, consumers: 3, handledPerS: 70, utilisation: 0.7 }, 3],
    ['three that are busier want a fourth', { ...calm, consumers: 3, handledPerS: 80, utilisation: 0.8 }, 4],
    ['of five that have little to do two would do', { ...calm, consumers: 5, handledPerS: 20, utilisation: 0.2 }, 2],
    ['what comes in faster than it is handled counts', { ...flatOut, growthPerS: 200 }, 5],
    ['a backlog is worked off in a minute, beside what comes', { ...flatOut, waiting: 6_000 }, 3],
    ['a backlog that is shrinking needs no further instance', { ...flatOut, waiting: 600, growthPerS: -100 }, 1],
    ['an instance that does little in all its time wants many', { ...flatOut, handledPerS: 5, waiting: 1_500 }, 9],
    ['but ten times those that are there at most', { ...flatOut, consumers: 2, handledPerS: 1, waiting: 1e9 }, 20],
  ])('%s', (_, load, wanted) => {
    expect(instancesWanted(load)).toBe(wanted)
  })
})

describe('where nothing is handled', () => {
  const idle: QueueLoad = { waiting: 0, growthPerS: 0, consumers: 4, handledPerS: 0, utilisation: 0 }

  test.each<[string, QueueLoad, number]>([
    ['one is enough where there is nothing to do', idle, 1],
    ['as many as there are stay, where something waits', { ...idle, waiting: 7 }, 4],
    ['as many as there are stay, where something is in hand', { ...idle, utilisation: 0.01 }, 4],
    ['one is wanted where there is none', { ...idle, consumers: 0, waiting: 7 }, 1],
  ])('%s', (_, load, wanted) => {
    expect(instancesWanted(load)).toBe(wanted)
  })
})

it('is a whole number from 1 up, whatever the figures', () => {
  const figures = [0, Number.MIN_VALUE, 1e-9, 0.5, 1, 7, 1e9, Number.MAX_SAFE_INTEGER]
  const loads = figures.flatMap((waiting) =>
    figures.flatMap((handledPerS) =>
      figures.flatMap((growth) =>
        [0, 1, 30].flatMap((consumers) =>
          [0, 1e-9, 0.7, 1].flatMap((utilisation) =>
            [growth, -growth].map((growthPerS) => ({ waiting, growthPerS, consumers, handledPerS, utilisation })),
          ),
        ),
      ),
    ),
  )
  const wrong = loads.filter((load) => !Number.isSafeInteger(instancesWanted(load)) || instancesWanted(load) < 1)
  expect(wrong).toEqual([])
})
