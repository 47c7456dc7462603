import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createEventLines } from '../src/server/live/event-lines.ts'

const read = (chunks: readonly string[]) => {
  const data: string[] = []
  const lines = createEventLines((text) => data.push(text))
  for (const chunk of chunks) lines.read(chunk)
  return data
}

test('an id without data and a comment are not an event, and an unfinished event does not count', () => {
  expect(read(['id: 7\n\n', ': heartbeat\n\n', 'retry: 100\n\n', 'id: 8\ndata: {}'])).toEqual([])
  expect(read(['id:7\r\ndata:one\r\ndata: two\r\n\r\n'])).toEqual(['one\ntwo'])
})

test('a stream may be cut anywhere', () => {
  const text = 'id: 0\n\nid: 1\ndata: {"a":1}\n\n: beat\n\nid: 2\ndata: {"b":"ü"}\n\n'
  const whole = read([text])
  expect(whole).toEqual(['{"a":1}', '{"b":"ü"}'])
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const places = [0, ...cuts.toSorted((one, other) => one - other), text.length]
      expect(read(places.slice(1).map((end, index) => text.slice(places[index], end)))).toEqual(whole)
    }),
  )
})

test('a line without an end is refused, not kept', () => {
  expect(() => read(Array(30).fill('a'.repeat(100_000)))).toThrow('too long')
})
