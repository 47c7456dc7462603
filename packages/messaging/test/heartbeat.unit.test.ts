import { expect, it } from 'vitest'
import { heartbeatOf } from '../src/amqp/heartbeat.ts'

const url = 'amqp://ada:secret@127.0.0.1:5999/shop'

it.each([
  { query: '', heartbeat: '10', lossDetectionMs: 40_000 },
  { query: '?heartbeat=60', heartbeat: '60', lossDetectionMs: 180_000 },
  { query: '?heartbeat=0', heartbeat: '0', lossDetectionMs: 180_000 },
  { query: '?heartbeat=5s', heartbeat: '5s', lossDetectionMs: 20_000 },
])('a lost connection counts as detected after four of its own heartbeats, at most 180 s ($query)', (expected) => {
  const { url: connected, lossDetectionMs } = heartbeatOf(url + expected.query)
  expect(lossDetectionMs).toBe(expected.lossDetectionMs)
  expect(new URL(connected).searchParams.get('heartbeat')).toBe(expected.heartbeat)
})
