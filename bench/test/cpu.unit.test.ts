import { expect, test } from 'vitest'
import { machineTimes, parseStat, sumByKind } from '../src/measure/cpu.ts'

const stat = ({ name = 'node', threads = 1 }) =>
  `42 (${name}) S 7 42 42 0 -1 4194560 1 2 3 4 50 25 8 4 20 0 ${threads} 0 100 200 300`

test('a process with several threads has the time in ticks, and that of its children', () => {
  expect(parseStat(stat({ threads: 11 }), '123456789 5 6')).toEqual({ pid: 42, parent: 7, ms: 750 + 120 })
})

test('a process with one thread has its exact time', () => {
  expect(parseStat(stat({}), '123456789 5 6')).toEqual({ pid: 42, parent: 7, ms: 123.456789 + 120 })
})

test('the name of a process may contain spaces and brackets', () => {
  expect(parseStat(stat({ name: 'a (b) c' }), null)).toMatchObject({ pid: 42, parent: 7 })
})

test('a process counts as its nearest ancestor, others do not count, and a kind without time has 0', () => {
  const times = [
    { pid: 1, parent: 0, ms: 1 },
    { pid: 10, parent: 1, ms: 2 },
    { pid: 11, parent: 10, ms: 4 },
    { pid: 12, parent: 11, ms: 8 },
    { pid: 20, parent: 1, ms: 16 },
  ]
  const sums = sumByKind(
    times,
    new Map([
      [10, 'postgres'],
      [12, 'load'],
      [99, 'broker'],
    ]),
  )
  expect(sums).toEqual({ postgres: 6, load: 8, broker: 0 })
})

test('the machine is busy without idle time, waiting for disks and stolen time', () => {
  expect(machineTimes('cpu  10 20 30 4000 500 1 2 7 0 0')).toEqual({ machineMs: 630, stolenMs: 70 })
})
