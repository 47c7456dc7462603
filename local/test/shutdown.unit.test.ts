import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createShutdown } from '../src/shutdown.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const listenersOf = () => signals.map((name) => process.listeners(name))
let before: ReturnType<typeof listenersOf>

beforeEach(() => {
  before = listenersOf()
  vi.useFakeTimers()
  vi.spyOn(process, 'getActiveResourcesInfo').mockReturnValue([]) // else it would kill the process of the tests
  vi.spyOn(process, 'exit').mockReturnValue(undefined as never)
})

afterEach(() => {
  for (const [index, name] of signals.entries())
    for (const listener of process.listeners(name)) if (!before[index]?.includes(listener)) process.off(name, listener)
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const listen = () => {
  const lines: string[] = []
  return { lines, ...createShutdown({ say: (line) => lines.push(line), runner: undefined }) }
}

test.for(signals)('%s requests a stop', (name) => {
  const { lines, signal } = listen()
  process.emit(name)
  expect(signal.aborted).toBe(true)
  expect(lines).toEqual([`stopping (${name})`])
})

test('signals within a second count as one, and a later one exits at once', () => {
  const { lines } = listen()
  process.emit('SIGINT')
  vi.advanceTimersByTime(999)
  process.emit('SIGTERM')
  expect(process.exit).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  process.emit('SIGINT')
  expect(process.exit).toHaveBeenCalledExactlyOnceWith(1)
  expect(lines).toContain('exiting at once (SIGINT again)')
})

test('a stop that takes 10 s ends the process', () => {
  const { lines } = listen()
  process.emit('SIGTERM')
  vi.advanceTimersByTime(9_999)
  expect(process.exit).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(process.exit).toHaveBeenCalledExactlyOnceWith(1)
  expect(lines).toContain('exiting at once (not ended within 10 s)')
})

test('a stop that takes 10 s kills the process while a call of the file system runs', () => {
  vi.mocked(process.getActiveResourcesInfo).mockReturnValue(['FSReqCallback'])
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  vi.spyOn(process, 'abort').mockReturnValue(undefined as never)
  listen()
  process.emit('SIGTERM')
  vi.advanceTimersByTime(10_000)
  expect(kill).toHaveBeenCalledExactlyOnceWith(process.pid, 'SIGKILL')
})

test('a stop after an error has the same limit, and then names the error', () => {
  const { lines, signal, failure, stopWithError } = listen()
  stopWithError(new Error('the database is in use'))
  expect(signal.aborted).toBe(true)
  expect(() => failure.throwIfAborted()).toThrow('the database is in use')
  vi.advanceTimersByTime(9_999)
  expect(process.exit).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)
  expect(process.exit).toHaveBeenCalledExactlyOnceWith(1)
  expect(lines).toEqual(['exiting at once (not ended within 10 s, after an error: the database is in use)'])
})
