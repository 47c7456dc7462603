import { describe, expect, it, test } from 'vitest'
import { shownPayload } from '../../src/dead-letters/http/payload.ts'
import { shownDetails } from '../../src/dead-letters/http/schema.ts'
import type { DeadLetterDetails } from '../../src/dead-letters/table/dead-letter.ts'
import { post } from '../post.ts'

const parcelSent = {
  type: 'ParcelSent',
  data: { sender: { email: 'ada@example.com' }, access: { pin: 'pin_secret' }, lines: [{ sku: 'a' }] },
}

test('headers are shown without pins and addresses, even in the names of headers', () => {
  const at = new Date(0)
  const deadLetter = {
    id: '0197a3d2-5b1c-7c3e-9a40-1f2e3d4c5b6a',
    messageId: '1',
    type: 'ParcelSent',
    subject: null,
    queue: 'tracker.inbox',
    reason: 'failed',
    error: '',
    stack: null,
    place: null,
    attempts: 1,
    firstFailedAt: at,
    lastFailedAt: at,
    status: 'parked',
    exchange: '',
    message: null,
    headers: { pin: 'pin_secret', Email: 'ada', 'x-about': 'ada@example.com', 'x-attempts': 1 },
    body: Buffer.from('{}'),
    traceId: null,
  } as unknown as DeadLetterDetails
  expect(shownDetails(deadLetter, [], post)['headers']).toEqual({
    pin: '***',
    Email: '***',
    'x-about': '***',
    'x-attempts': 1,
  })
})

describe('the payload that is shown', () => {
  it('is JSON if the message is', () => {
    expect(shownPayload(Buffer.from('{"a":1}'), post)).toEqual({
      payload: { a: 1 },
      payloadEncoding: 'json',
      payloadBytes: 7,
      payloadTruncated: false,
    })
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no UTF-8', Buffer.from([0xff, 0xfe])],
    ['33 brackets', Buffer.from('['.repeat(33) + ']'.repeat(33))],
    ['brackets without end', Buffer.from('['.repeat(30_000) + ']'.repeat(30_000))],
  ])('is base64 of the bytes where they are %s', (_, bytes) => {
    const { payload, payloadEncoding, payloadTruncated } = shownPayload(bytes, post)
    expect(Buffer.from(String(payload), 'base64')).toEqual(bytes)
    expect([payloadEncoding, payloadTruncated]).toEqual(['base64', false])
  })

  it('is JSON up to a nesting depth of 32', () => {
    expect(shownPayload(Buffer.from('['.repeat(32) + ']'.repeat(32)), post).payloadEncoding).toBe('json')
  })

  it('is the first 64 kB of a message that is too large', () => {
    const { payload, payloadBytes, payloadTruncated } = shownPayload(Buffer.alloc(10_000_000, 'x'), post)
    expect(Buffer.from(String(payload), 'base64')).toHaveLength(65_536)
    expect([payloadBytes, payloadTruncated]).toEqual([10_000_000, true])
  })

  it('has no pin and no address, even if it was truncated', () => {
    const shown = { ...parcelSent, data: { ...parcelSent.data, sender: { email: '***' }, access: { pin: '***' } } }
    expect(shownPayload(Buffer.from(JSON.stringify(parcelSent)), post).payload).toEqual(shown)
    const { payload } = shownPayload(Buffer.from(JSON.stringify(parcelSent).slice(0, -3)), post)
    expect(Buffer.from(String(payload), 'base64').toString()).toBe(JSON.stringify(shown).slice(0, -3))
  })

  it('has no part of an address that its end would cut', () => {
    const { payload } = shownPayload(Buffer.from(`${' '.repeat(65_536 - 4)}ada@example.com`), post)
    expect(Buffer.from(String(payload), 'base64').toString().trimStart()).toBe('***')
  })

  it('has no part of an address at the end of what is masked, although masks make room for it', () => {
    const bytes = Buffer.from('ada@example.com '.repeat(10_000))
    const { payload } = shownPayload(bytes, post)
    expect(Buffer.from(String(payload), 'base64').toString()).toMatch(/^(\*\*\* )+\**$/)
  })
})
