/** The page's side of the live stream, with the browser's connection and clock replaced. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { followRoute } from '../src/page/follow-route.ts'
import { connection, eventRates, followLive, settings } from '../src/page/live.ts'

const opened: StandIn[] = []

class StandIn extends EventTarget {
  static readonly CLOSED = 2
  readyState = 1
  constructor() {
    super()
    opened.push(this)
  }
  close() {
    this.readyState = StandIn.CLOSED
  }
  receive(name: string, content: unknown) {
    this.dispatchEvent(new MessageEvent(name, { data: JSON.stringify(content) }))
  }
}

beforeEach(() => {
  opened.length = 0
  vi.useFakeTimers()
  vi.stubGlobal('document', Object.assign(new EventTarget(), { hidden: false }))
  vi.stubGlobal('EventSource', StandIn)
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a connection without a message for 15 s is lost, and opened again', () => {
  followLive()
  opened[0]?.receive('source', { outage: null })
  for (let beats = 0; beats < 6; beats += 1) {
    vi.advanceTimersByTime(5_000)
    opened[0]?.receive('outcomes', { intervalMs: 5_000, intervals: [] })
  }
  expect(opened).toHaveLength(1)
  expect(connection.value).toEqual({ state: 'live' })
  vi.advanceTimersByTime(20_000)
  expect(connection.value).toEqual({ state: 'lost' })
  expect(opened.map(({ readyState }) => readyState)).toEqual([StandIn.CLOSED, 1])
  opened[1]?.receive('source', { outage: null })
  expect(connection.value).toEqual({ state: 'live' })
})

test('the settings of a console that was started again replace the earlier ones', () => {
  followLive()
  opened[0]?.receive('settings', { tracesUrl: null, demo: true, audit: false })
  expect(settings.value.demo).toBe(true)
  vi.advanceTimersByTime(20_000)
  opened[1]?.receive('settings', { tracesUrl: 'http://traces', demo: false, audit: true })
  expect(settings.value).toEqual({ tracesUrl: 'http://traces', demo: false, audit: true })
})

test('the rate of events leaves out an interruption, instead of a time without events', () => {
  followLive()
  opened[0]?.receive('source', { outage: null })
  vi.advanceTimersByTime(60_000)
  opened[0]?.receive('source', { outage: 'it has ended the stream' })
  vi.advanceTimersByTime(10_000)
  opened[0]?.receive('source', { outage: null })
  opened[0]?.receive('changes', { orders: [], unlisted: 0, types: { OrderPlaced: 10 } })
  vi.advanceTimersByTime(1_000)
  expect(eventRates.perSecond(Date.now(), 'OrderPlaced')).toBe(10)
})

test('what changes of orders concern is read every 5 s during an interruption, and at once after it; the rest at its own pace', async () => {
  const read: string[] = []
  vi.stubGlobal('fetch', async (path: string) => {
    read.push(path)
    return Response.json({})
  })
  const options = {
    everyMs: 60_000,
    isPaused: () => false,
    onBody: () => undefined,
    onError: () => expect.unreachable(),
  }
  const readers = [followRoute('/order', { ...options, isConcerned: () => false }), followRoute('/operations', options)]
  followLive()
  opened[0]?.receive('source', { outage: null })
  await vi.advanceTimersByTimeAsync(2_000)
  read.length = 0
  opened[0]?.receive('source', { outage: 'it has ended the stream' })
  await vi.advanceTimersByTimeAsync(11_000)
  expect(read).toEqual(['/api/order', '/api/order'])
  opened[0]?.receive('source', { outage: null })
  await vi.advanceTimersByTimeAsync(10_000)
  expect(read).toEqual(['/api/order', '/api/order', '/api/order'])
  for (const reader of readers) reader.stop()
})
