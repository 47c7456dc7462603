import { describe, expect, it } from 'vitest'
import { shownPayload } from '../src/dead-letters/payload.ts'
import { redact, redactText, restore } from '../src/dead-letters/redact.ts'

const placed = { type: 'OrderPlaced', data: { total: 1, payment: { method: 'pm_secret' }, lines: [{ sku: 'a' }] } }

describe('a payment method', () => {
  it('is masked wherever it is', () => {
    expect(redact(placed)).toEqual({ ...placed, data: { ...placed.data, payment: { method: '***' } } })
    expect(redact(new Map([['charge', { method: 'pm_secret' }]]))).toEqual({ charge: { method: '***' } })
  })

  it('is masked in what is no JSON, and nothing else is', () => {
    const cut = JSON.stringify(placed).slice(0, -20)
    for (const text of [cut, cut.slice(0, cut.indexOf('secret')), `${cut}\\`, '{"method": pm_secret }']) {
      expect(redactText(text)).not.toContain('pm_')
      expect(redactText(text)).toContain('"method"')
    }
    expect(redactText('no method here')).toBe('no method here')
  })

  it('is there again in an edited value, unless that was edited', () => {
    const shown = redact(placed) as typeof placed
    expect(restore(shown, placed)).toEqual(placed)
    expect(restore({ ...shown, data: { ...shown.data, total: 2 } }, placed)).toEqual({
      ...placed,
      data: { ...placed.data, total: 2 },
    })
    const other = { ...shown, data: { ...shown.data, payment: { method: 'pm_other' } } }
    expect(restore(other, placed)).toEqual(other)
  })
})

describe('the payload that is shown', () => {
  it('is JSON where the message is', () => {
    expect(shownPayload(Buffer.from('{"a":1}'))).toEqual({
      payload: { a: 1 },
      payloadEncoding: 'json',
      payloadBytes: 7,
      payloadTruncated: false,
    })
  })

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['no UTF-8', Buffer.from([0xff, 0xfe])],
    ['brackets without end', Buffer.from('['.repeat(30_000) + ']'.repeat(30_000))],
  ])('is base64 of the bytes where they are %s', (_, bytes) => {
    const { payload, payloadEncoding, payloadTruncated } = shownPayload(bytes)
    expect(Buffer.from(String(payload), 'base64')).toEqual(bytes)
    expect([payloadEncoding, payloadTruncated]).toEqual(['base64', false])
  })

  it('is the first 64 kB of what is too large', () => {
    const { payload, payloadBytes, payloadTruncated } = shownPayload(Buffer.alloc(10_000_000, 'x'))
    expect(Buffer.from(String(payload), 'base64')).toHaveLength(65_536)
    expect([payloadBytes, payloadTruncated]).toEqual([10_000_000, true])
  })

  it('masks payment methods also in what was cut off', () => {
    const { payload } = shownPayload(Buffer.from(JSON.stringify(placed).slice(0, -3)))
    expect(Buffer.from(String(payload), 'base64').toString()).toContain('"method":"***"')
  })
})
