/** What a dead letter's bytes are shown as. */
import { type Language, maxBodyBytes } from '@quadrille/messages'
import { isDeeplyNested } from '../../http/nesting.ts'

export interface Payload {
  /** JSON where the bytes are JSON that is nested 32 deep at most, else base64. */
  readonly payload: unknown
  readonly payloadEncoding: 'json' | 'base64'
  /** How many bytes the message has. */
  readonly payloadBytes: number
  /** True where only the first of them are shown. */
  readonly payloadTruncated: boolean
}

/** Nobody reads more than this of what is no message of ours. */
const shownBytes = 65_536

export const shownPayload = (body: Uint8Array, { redact, redactText }: Language): Payload => {
  const bytes = Buffer.from(body)
  const json = readJson(bytes, redact)
  if (json !== undefined)
    return { payload: json, payloadEncoding: 'json', payloadBytes: bytes.length, payloadTruncated: false }
  const shown = Buffer.from(redactText(bytes.subarray(0, shownBytes).toString('latin1')), 'latin1')
  return {
    payload: shown.toString('base64'),
    payloadEncoding: 'base64',
    payloadBytes: bytes.length,
    payloadTruncated: bytes.length > shownBytes,
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Undefined for what isn't JSON in UTF-8, and for JSON that is too large or nested too deeply to be shown as such. */
const readJson = (bytes: Uint8Array, redact: Language['redact']): unknown => {
  if (bytes.byteLength > maxBodyBytes) return undefined
  try {
    const json: unknown = JSON.parse(utf8.decode(bytes))
    return isDeeplyNested(json) ? undefined : redact(json)
  } catch {
    return undefined
  }
}
