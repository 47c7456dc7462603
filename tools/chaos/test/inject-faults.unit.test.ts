import { expect, onTestFinished, test, vi } from 'vitest'
import { type Fault, noTarget } from '../src/faults/fault.ts'
import { injectFaults } from '../src/inject-faults.ts'

/** Faults that record their begin and end. */
const recorder = () => {
  const notes: string[] = []
  const fault = (name: string, ...parts: string[]): Fault => ({
    kind: name,
    target: name,
    parts,
    lastsMs: [0, 1],
    inject: async () => {
      notes.push(`${name} begins`)
      return async () => void notes.push(`${name} ends`)
    },
  })
  return { notes, fault }
}

const clock = () => {
  const startedAt = performance.now()
  return () => performance.now() - startedAt
}

const defaults = { onInject: () => undefined, signal: new AbortController().signal }

test('faults in different parts overlap, and faults in the same part wait for each other', async () => {
  const { notes, fault } = recorder()
  const plan = [
    { fault: fault('first', 'a'), atMs: 0, lastsMs: 100 },
    { fault: fault('second', 'a'), atMs: 10, lastsMs: 0 },
    { fault: fault('other', 'b'), atMs: 20, lastsMs: 20 },
  ]
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const injecting = injectFaults(plan, { ...defaults, now: clock(), endMs: 10_000 })
  await vi.advanceTimersByTimeAsync(1_000)
  const injected = await injecting
  expect(notes).toEqual(['first begins', 'other begins', 'other ends', 'first ends', 'second begins', 'second ends'])
  expect(injected.map(({ kind }) => kind)).toEqual(['other', 'first', 'second'])
})

test('a fault of several parts waits for earlier ones in each of them, and later ones wait for it', async () => {
  const { notes, fault } = recorder()
  const plan = [
    { fault: fault('in a', 'a'), atMs: 0, lastsMs: 100 },
    { fault: fault('in b', 'b'), atMs: 0, lastsMs: 50 },
    { fault: fault('in both', 'a', 'b'), atMs: 10, lastsMs: 100 },
    { fault: fault('later in b', 'b'), atMs: 20, lastsMs: 0 },
  ]
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const injecting = injectFaults(plan, { ...defaults, now: clock(), endMs: 10_000 })
  await vi.advanceTimersByTimeAsync(1_000)
  await injecting
  const inTurn = ['in a', 'in b'].map((name) => `${name} begins`)
  const ends = ['in b ends', 'in a ends', 'in both begins', 'in both ends', 'later in b begins', 'later in b ends']
  expect(notes).toEqual([...inTurn, ...ends])
})

test('at the end of the run all active faults are ended, and no other begins', async () => {
  const { notes, fault } = recorder()
  let time = 0
  const plan = [
    { fault: fault('long', 'a'), atMs: 0, lastsMs: 60_000 },
    { fault: fault('waiting', 'a'), atMs: 0, lastsMs: 0 },
  ]
  const onInject = () => {
    time = 100
  }
  await injectFaults(plan, { ...defaults, now: () => time, endMs: 100, onInject })
  expect(notes).toEqual(['long begins', 'long ends'])
})

test('a fault that is late is not active in the minute without faults', async () => {
  const { notes, fault } = recorder()
  const long = { fault: fault('long', 'a'), atMs: 89_000, lastsMs: 30_000 }
  await injectFaults([long], { ...defaults, now: () => 95_000, endMs: 130_000 })
  expect(notes).toEqual([])
  const plan = [{ fault: fault('late', 'a'), atMs: 119_000, lastsMs: 0 }]
  await injectFaults(plan, { ...defaults, now: () => 125_000, endMs: 200_000 })
  expect(notes).toEqual([])
  await injectFaults(plan, { ...defaults, now: () => 181_000, endMs: 200_000 })
  expect(notes).toEqual(['late begins', 'late ends'])
})

test('when the run is aborted, active faults are ended', async () => {
  const { notes, fault } = recorder()
  const broken = new AbortController()
  const plan = [
    { fault: fault('long', 'a'), atMs: 0, lastsMs: 60_000 },
    { fault: fault('later', 'b'), atMs: 60_000, lastsMs: 0 },
  ]
  const onInject = () => broken.abort()
  await injectFaults(plan, { now: clock(), endMs: 120_000, signal: broken.signal, onInject })
  expect(notes).toEqual(['long begins', 'long ends'])
})

test('a fault without a target is not counted', async () => {
  const { fault } = recorder()
  const missing = { ...fault('missing', 'a'), inject: async () => noTarget }
  const plan = [
    { fault: missing, atMs: 0, lastsMs: 60_000 },
    { fault: fault('present', 'a'), atMs: 0, lastsMs: 0 },
  ]
  const injected = await injectFaults(plan, { ...defaults, now: clock(), endMs: 10_000 })
  expect(injected.map(({ kind }) => kind)).toEqual(['present'])
})

test('if a fault cannot be injected, active ones are ended, no other begins, and the error is thrown', async () => {
  const { notes, fault } = recorder()
  const failing = { ...fault('failing', 'b'), inject: () => Promise.reject(new Error('no such process')) }
  const plan = [
    { fault: fault('long', 'a'), atMs: 0, lastsMs: 60_000 },
    { fault: failing, atMs: 20, lastsMs: 0 },
    { fault: fault('later', 'c'), atMs: 60_000, lastsMs: 0 },
  ]
  await expect(injectFaults(plan, { ...defaults, now: clock(), endMs: 120_000 })).rejects.toThrow('no such process')
  expect(notes).toEqual(['long begins', 'long ends'])
})
