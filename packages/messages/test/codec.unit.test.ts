import { describe, expect, it } from 'vitest'
import { maxBodyBytes, Undecodable, type UndecodableReason } from '../src/index.ts'
import { library } from './library.ts'
import { asBytes, asJson, loanId, requested, sealed, withAttributes, withData } from './sample.ts'

const { decode, encode } = library

const failure = (body: Uint8Array): Undecodable => {
  try {
    decode(body)
  } catch (error) {
    if (error instanceof Undecodable) return error
    throw error
  }
  throw new Error('The bytes were decoded.')
}

describe('bytes that are not a message of the language', () => {
  it.each<[string, UndecodableReason, Uint8Array]>([
    ['more bytes than any message has', 'too_large', Buffer.alloc(10_000_000, ' ')],
    ['one byte too many', 'too_large', Buffer.alloc(maxBodyBytes + 1, ' ')],
    ['nothing', 'not_json', Buffer.alloc(0)],
    ['no JSON', 'not_json', Buffer.from('{"specversion":')],
    ['no UTF-8', 'not_json', Buffer.from([0x22, 0xff, 0x22])],
    ['JSON that is not an object', 'not_cloudevents', asBytes(null)],
    ['an array', 'not_cloudevents', asBytes([asJson(sealed(requested))])],
    ['endless brackets', 'not_cloudevents', Buffer.from('['.repeat(130_000) + ']'.repeat(130_000))],
    ['no CloudEvents', 'not_cloudevents', asBytes({ hello: 'world' })],
    ['another version of CloudEvents', 'not_cloudevents', withAttributes({ specversion: '0.3' })],
    ['an id that is not a UUID', 'not_cloudevents', withAttributes({ id: '42' })],
    ['a subject that is not a UUID', 'not_cloudevents', withAttributes({ subject: 'loan-1' })],
    ['data of another type', 'not_cloudevents', withAttributes({ datacontenttype: 'application/jsonl' })],
    ['a list of content types', 'not_cloudevents', withAttributes({ datacontenttype: ['application/json'] })],
    ['data that is not JSON', 'not_cloudevents', withAttributes({ datacontenttype: 'text/xml' })],
    ['a time without an offset', 'not_cloudevents', withAttributes({ time: '2030-01-02T03:04:05' })],
    ['a version below 1', 'not_cloudevents', withAttributes({ schemaversion: 0 })],
    ['a version that is not an integer', 'not_cloudevents', withAttributes({ schemaversion: 1.5 })],
    ['no version', 'not_cloudevents', withAttributes({ schemaversion: undefined })],
    ['an unknown type', 'unknown_type', withAttributes({ type: 'LoanPondered' })],
    ['a type that is a property of every object', 'unknown_type', withAttributes({ type: 'constructor' })],
    ['a version from the future', 'future_version', withAttributes({ schemaversion: 99 })],
    ['no data', 'schema_violation', withAttributes({ data: undefined })],
    ['a missing field', 'schema_violation', withData({ dueAt: undefined })],
    ['a wrong field', 'schema_violation', withData({ dueAt: 1500 })],
    [
      'more books than a loan may have',
      'schema_violation',
      withData({ books: Array(101).fill(requested.data.books[0]) }),
    ],
    ['another loan in the subject', 'schema_violation', withAttributes({ subject: loanId.replace('1', '2') })],
  ])('%s: %s', (_, reason, body) => {
    expect(failure(body).reason).toBe(reason)
  })

  it('are reported with the field and its violated rule, but never with its value', () => {
    const { message } = failure(withData({ card: { pin: 'my_secret\n' } }))
    expect(message).toContain('/card/pin must not contain control characters')
    expect(message).not.toContain('my_secret')
    expect(failure(Buffer.from('{"pin": my_secret}')).message).not.toContain('my_secret')
  })

  it('are reported with a short text, even if the sender chose a long key', () => {
    const { message } = failure(withData({ labels: { ['k'.repeat(100_000)]: 'v' } }))
    expect(message.length).toBeLessThan(1_000)
  })
})

describe('a message that deviates from the format but is accepted', () => {
  const plain = decode(Buffer.from(encode(sealed(requested))))

  it('may have unknown fields, even fields without a canonical form', () => {
    const body = Buffer.from(encode(sealed(requested)))
      .toString()
      .replace('"data":{', '"extra":1,"data":{"deep":[1e999,"\\ud800"],')
    const decoded = decode(Buffer.from(body))
    expect(decoded).toEqual(plain)
    expect(decoded.hash).toBe(plain.hash)
  })

  it('may have the most bytes', () => {
    expect(decode(Buffer.from(encode(sealed(requested)).padEnd(maxBodyBytes)))).toEqual(plain)
  })

  it('may have ids in upper case, which are read in lower case, as Postgres returns them', () => {
    const body = withAttributes({ id: plain.message.id.toUpperCase(), subject: loanId.toUpperCase() })
    expect(decode(body)).toEqual(plain)
  })

  it('may have times of any offset, which are read as UTC', () => {
    expect(decode(withAttributes({ time: '2030-01-02T05:04:05.678+02:00' }))).toEqual(plain)
    expect(decode(withData({ dueAt: '2030-01-02T03:19:05.678000Z' }))).toEqual(plain)
  })

  it.each([undefined, null, 'application/json; charset=utf-8', 'Application/JSON;charset=utf-8'])(
    "may have %s as the data's content type, which is JSON",
    (datacontenttype) => {
      expect(decode(withAttributes({ datacontenttype }))).toEqual(plain)
    },
  )

  it.each(['causationid', 'hops', 'replayof', 'traceparent', 'tracestate'])(
    'may have null as %s, which is the same as none',
    (attribute) => {
      expect(decode(withAttributes({ [attribute]: null }))).toEqual(plain)
    },
  )

  const [traceId, parentId] = ['a'.repeat(32), 'b'.repeat(16)]

  it.each([
    ['a traceparent', { traceparent: 'broken' }],
    ['a traceparent of version ff', { traceparent: `ff-${traceId}-${parentId}-01` }],
    ['a traceparent with a trace id of zeros', { traceparent: `00-${'0'.repeat(32)}-${parentId}-01` }],
    ['a traceparent with a parent id of zeros', { traceparent: `00-${traceId}-${'0'.repeat(16)}-01` }],
    ['a traceparent of version 00 with another field', { traceparent: `00-${traceId}-${parentId}-01-x` }],
    ['a traceparent with a NUL', { traceparent: `01-${traceId}-${parentId}-01-\0` }],
    ['a traceparent with a lone surrogate', { traceparent: `01-${traceId}-${parentId}-01-\ud800` }],
    ['a tracestate', { tracestate: 'x'.repeat(3_000) }],
    ['a tracestate with a NUL', { tracestate: '\0' }],
  ])('may have %s that is malformed, which is ignored', (_, trace) => {
    const { traceparent, tracestate } = decode(withAttributes(trace)).message
    expect([traceparent, tracestate]).toEqual([undefined, undefined])
  })

  it('may have an invalid replayof, which is ignored', () => {
    expect(decode(withAttributes({ replayof: 'm-1' })).message.replayof).toBe('m-1')
    expect(decode(withAttributes({ replayof: 42 })).message.replayof).toBeUndefined()
  })

  it.each([
    ['00', ''],
    ['01', ''],
    ['01', '-more-fields'],
  ])('keeps a valid trace of version %s that ends with "%s"', (version, more) => {
    const trace = { traceparent: `${version}-${traceId}-${parentId}-01${more}`, tracestate: 'vendor=1' }
    expect(decode(withAttributes(trace)).message).toMatchObject(trace)
  })
})

describe('the hash of the data', () => {
  it('does not depend on the order of fields', () => {
    const json = asJson(sealed(requested))
    const reversed = Object.fromEntries(Object.entries({ ...requested.data }).reverse())
    expect(decode(asBytes({ ...json, data: reversed })).hash).toBe(decode(asBytes(json)).hash)
  })

  it('differs for different data under the same id', () => {
    const { message, hash } = decode(withData({ note: 'web-78' }))
    expect(message.id).toBe(sealed(requested).id)
    expect(hash).not.toBe(decode(Buffer.from(encode(sealed(requested)))).hash)
  })
})
