import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  emptyComment,
  formatBeginning,
  formatEvent,
  formatId,
  formatPositionEvent,
} from '../../src/http/server-sent-events.ts'

/** Reads a stream by the rules of the HTML Standard, section 9.2.6. */
const read = (text: string) => {
  const events: { id: string; data: string; type: string }[] = []
  const fields: { [name: string]: string; id?: string; data?: string; event?: string } = {}
  for (const line of text.split(/\r\n|\n|\r/)) {
    const [, field = line, value = ''] = /^([^:]*): ?(.*)$/s.exec(line) ?? []
    const { id = '', data = '', event = 'message' } = fields
    if (line !== '') fields[field] = field === 'data' ? `${data}${value}\n` : value
    else {
      if (data !== '') events.push({ id, data: data.slice(0, -1), type: event })
      delete fields.data
      delete fields.event
    }
  }
  return { events, id: fields.id }
}

describe('server-sent events', () => {
  it('are read as they were written, whatever they contain', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\r\n\0]/.test(text))
    const text = fc.string({ unit: fc.constantFrom('a', ':', ' ', '\n', '\r', 'data: ', '\u2028') })
    fc.assert(
      fc.property(fc.array(fc.record({ id: word.map((id) => `i${id}`), data: text })), (events) => {
        const lines = ({ data }: { data: string }) => data.replaceAll(/\r\n|\r/g, '\n')
        expect(read(events.map(formatEvent).join('')).events).toEqual(
          events.map((event) => ({ id: event.id, data: lines(event), type: 'message' })),
        )
      }),
    )
  })

  it('have lines that end in LF', () => {
    expect(formatEvent({ id: '1', data: 'a\r\nb\rc' })).toBe('id: 1\ndata: a\ndata: b\ndata: c\n\n')
  })

  it('begin with a position, which ids without data or events with a name move', () => {
    const text = formatBeginning('4', () => 0.5) + emptyComment
    expect(text).toBe('id: 4\nretry: 2000\n\n:\n\n')
    expect(read(text)).toEqual({ events: [], id: '4' })
    expect(read(text + formatId('5'))).toEqual({ events: [], id: '5' })
    const position = { type: 'position', data: '{"type":"position"}' }
    expect(read(text + formatPositionEvent('5')).events).toEqual([{ id: '5', ...position }])
  })

  it('have ids of one line', () => {
    for (const id of ['a\nb', 'a\r', '\0']) expect(() => formatEvent({ id, data: '' })).toThrow('more than one line')
  })
})
