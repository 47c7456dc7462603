import { describe, expect, it } from 'vitest'
import { readContent, Undecodable, writeContent } from '../src/index.ts'
import { questions } from './library.ts'

const { asked, answer } = questions.Shelved

describe('the content of a question', () => {
  it('is JSON, without fields that its schema does not define', () => {
    const body = writeContent(asked, { isbn: '978', shelf: 'A' } as { isbn: string })
    expect(Buffer.from(body).toString()).toBe('{"isbn":"978"}')
    expect(readContent(asked, body)).toEqual({ isbn: '978' })
  })

  it('is not written if it violates its schema', () => {
    expect(() => writeContent(answer, { copies: -1 })).toThrow(TypeError)
  })

  it.each([
    ['not_json', 'Yes'],
    ['schema_violation', '{"copies":"two"}'],
    ['too_large', JSON.stringify({ copies: 1, why: 'x'.repeat(300_000) })],
  ])('is rejected as %s', (reason, body) => {
    const read = () => readContent(answer, Buffer.from(body))
    expect(read).toThrow(Undecodable)
    expect(read).toThrow(reason)
  })

  it('may have fields of a later version', () => {
    expect(readContent(answer, Buffer.from('{"copies":2,"onLoan":1}'))).toEqual({ copies: 2 })
  })
})
