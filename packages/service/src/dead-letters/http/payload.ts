/** The payload of a dead letter as JSON or base64. */
import { type Language, maxBodyBytes } from '@quadrille/messages'
import { redactAndTruncate } from '@quadrille/messaging'
import { isDeeplyNested } from '../../http/nesting.ts'

/** How much of an unreadable message is shown, bytes. */
const shownBytes = 65_536

export const shownPayload = (body: Uint8Array, { redact, redactText }: Language) => {
  const bytes = Buffer.from(body)
  const json = readJson(bytes, redact)
  if (json !== undefined)
    return { payload: json, payloadEncoding: 'json' as const, payloadBytes: bytes.length, payloadTruncated: false }
  const shown = Buffer.from(
    redactAndTruncate(bytes.subarray(0, 2 * shownBytes).toString('latin1'), shownBytes, redactText),
    'latin1',
  )
  return {
    payload: shown.toString('base64'),
    payloadEncoding: 'base64' as const,
    payloadBytes: bytes.length,
    payloadTruncated: bytes.length > shownBytes,
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Undefined if the bytes are not JSON in UTF-8, or the JSON is too large or nested too deeply to be shown. */
const readJson = (bytes: Uint8Array, redact: Language['redact']): unknown => {
  if (bytes.byteLength > maxBodyBytes) return undefined
  try {
    const json: unknown = JSON.parse(utf8.decode(bytes))
    return isDeeplyNested(json) ? undefined : redact(json)
  } catch {
    return undefined
  }
}
