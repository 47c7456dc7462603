/** The body of a message: JSON of limited size. */
import { Undecodable } from './undecodable.ts'

/** The maximum size of a body. It limits memory: a service holds as many messages as its prefetch allows. */
export const maxBodyBytes = 262_144

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Reads a body. @throws {Undecodable} if it is too large, or is not JSON in UTF-8. */
export const readJson = (body: Uint8Array): unknown => {
  if (body.byteLength > maxBodyBytes) {
    throw new Undecodable('too_large', `${body.byteLength} bytes; the maximum is ${maxBodyBytes}`)
  }
  try {
    return JSON.parse(utf8.decode(body))
  } catch {
    // biome-ignore lint/style/useErrorCause: V8 quotes the text around the error, and that may be a secret.
    throw new Undecodable('not_json', `${body.byteLength} bytes that are not JSON in UTF-8`)
  }
}
