import { describe, expect, it, test } from 'vitest'
import { instancesWanted, type QueueLoad } from '../../../src/telemetry/load/instances-wanted.ts'

type Load = Omit<QueueLoad, 'averageConsumers'> & Partial<Pick<QueueLoad, 'averageConsumers'>>

/** As many instances all the time as now, unless the load says otherwise. */
const wantedFor = (load: Load): number => instancesWanted({ averageConsumers: load.consumers, ...load })

/** One instance that can handle 100 messages per second and handles 50, with an empty queue. */
const calm: Load = {
  waiting: 0,
  growthPerS: 0,
  consumers: 1,
  handledPerS: 50,
  utilisation: 0.5,
  lacksPermits: false,
}
const saturated: Load = { ...calm, handledPerS: 100, utilisation: 1 }

describe('the instances that a queue needs', () => {
  test.each<[string, Load, number]>([
    ['one instance below the target utilisation is enough', calm, 1],
    ['three at the target utilisation are enough', { ...calm, consumers: 3, handledPerS: 70, utilisation: 0.7 }, 3],
    [
      'three above the target utilisation need a fourth',
      { ...calm, consumers: 3, handledPerS: 80, utilisation: 0.8 },
      4,
    ],
    [
      'five with a low utilisation can be reduced to two',
      { ...calm, consumers: 5, handledPerS: 20, utilisation: 0.2 },
      2,
    ],
    ['the growth of the queue counts as arrivals', { ...saturated, growthPerS: 200 }, 5],
    ['a backlog is to be handled within a minute, in addition to arrivals', { ...saturated, waiting: 6_000 }, 3],
    ['a backlog that is shrinking needs no further instance', { ...saturated, waiting: 600, growthPerS: -100 }, 1],
    [
      'instances that were just added have not handled as many messages as the others',
      { ...saturated, consumers: 9, averageConsumers: 2, growthPerS: -150 },
      1,
    ],
    [
      'instances that were just removed have handled messages too',
      { ...saturated, consumers: 1, averageConsumers: 4 },
      6,
    ],
    ['a busy instance with a low throughput needs many more', { ...saturated, handledPerS: 5, waiting: 1_500 }, 9],
    ['at most ten times the current number', { ...saturated, consumers: 2, handledPerS: 1, waiting: 1e9 }, 20],
  ])('%s', (_, load, wanted) => {
    expect(wantedFor(load)).toBe(wanted)
  })
})

describe('the instances that a queue needs while no message is handled', () => {
  const idle: Load = {
    waiting: 0,
    growthPerS: 0,
    consumers: 4,
    handledPerS: 0,
    utilisation: 0,
    lacksPermits: false,
  }

  test.each<[string, Load, number]>([
    ['one, if the queue is empty', idle, 1],
    ['the current number, if messages wait', { ...idle, waiting: 7 }, 4],
    ['the current number, if messages are in progress', { ...idle, utilisation: 0.01 }, 4],
    ['one, if there is no instance', { ...idle, consumers: 0, waiting: 7 }, 1],
  ])('%s', (_, load, wanted) => {
    expect(wantedFor(load)).toBe(wanted)
  })
})

it('is a positive integer for any load', () => {
  const figures = [0, Number.MIN_VALUE, 1e-9, 0.5, 1, 7, 1e9, Number.MAX_SAFE_INTEGER]
  const loads = figures.flatMap((waiting) =>
    figures.flatMap((handledPerS) =>
      figures.flatMap((growth) =>
        [0, 1, 30].flatMap((consumers) =>
          [0, 1e-9, 0.7, 1].flatMap((utilisation) =>
            [growth, -growth].map((growthPerS) => ({
              waiting,
              growthPerS,
              consumers,
              handledPerS,
              utilisation,
              lacksPermits: false,
            })),
          ),
        ),
      ),
    ),
  )
  const wrong = loads.filter((load) => !Number.isSafeInteger(wantedFor(load)) || wantedFor(load) < 1)
  expect(wrong).toEqual([])
})
