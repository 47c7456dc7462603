import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentHash } from '../src/index.ts'

describe('the content hash', () => {
  it('is the SHA-256 of its canonical JSON', () => {
    expect(contentHash({ b: 1, a: ['ž', 1e21] })).toBe(hash('sha256', '{"a":["ž",1e+21],"b":1}', 'base64'))
  })

  it('is that of the canonical JSON by the reference library, for any keys and values', () => {
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom('10', '9', '0', '-1', '1.5', '__proto__', 'constructor', 'é', 'z'),
    )
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        tie('array'),
        tie('object'),
      ),
      array: fc.array(tie('value')),
      object: fc.dictionary(key, tie('value')),
    }))
    fc.assert(
      fc.property(value, (content) => {
        expect(contentHash(content)).toBe(hash('sha256', canonicalize(content) ?? '', 'base64'))
      }),
    )
  })

  it('does not depend on the order of keys, at any depth', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(contentHash(reversed(value))).toBe(contentHash(value))
      }),
    )
  })

  it('depends on everything else', () => {
    const contents = [
      {},
      [],
      { a: 1 },
      { a: 2 },
      { a: '1' },
      { a: [1] },
      { a: 1, b: null },
      { b: 1 },
      [1, 2],
      [2, 1],
      null,
      '',
    ]
    expect(new Set(contents.map(contentHash)).size).toBe(contents.length)
  })

  it('depends on the JSON of a time', () => {
    expect(contentHash({ at: new Date(0) })).toBe(contentHash({ at: new Date(0).toJSON() }))
  })

  it('ignores absent fields', () => {
    expect(contentHash({ a: 1, b: undefined })).toBe(contentHash({ a: 1 }))
  })
})

/** The same value with the keys of every object in the opposite order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner)]),
  )
}
