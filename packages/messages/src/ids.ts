import { hash } from 'node:crypto'

/**
 * The id of a message: UUIDv5 (RFC 9562, section 5.5) in the namespace of its subject, which is a UUID. It is
 * deterministic: a service that repeats work sends the same id again, and each consumer recognises the duplicate.
 * @throws {TypeError} if the subject is not a UUID in lower case: consumers would not accept the message.
 */
export const messageId = (subject: string, type: string, identity: string): string => {
  if (!canonicalUuid.test(subject))
    throw new TypeError(
      `The subject of ${type} is not a UUID in lower case: use uuid of @quadrille/messages for its field.`,
    )
  const name = `${type}/${identity}`
  const input = Buffer.allocUnsafe(namespaceBytes + Buffer.byteLength(name))
  input.write(subject.replaceAll('-', ''), 0, namespaceBytes, 'hex')
  input.write(name, namespaceBytes)
  const digest = hash('sha1', input)
  const variant = variants.charAt(Number.parseInt(digest.charAt(16), 16) & 3)
  return `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-${variant}${digest.slice(17, 20)}-${digest.slice(20, 32)}`
}

/** The form that `uuid` returns. It includes the nil and the maximum UUID. */
const canonicalUuid =
  /^(?:[\da-f]{8}-[\da-f]{4}-[1-8][\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}|0{8}(?:-0{4}){3}-0{12}|f{8}(?:-f{4}){3}-f{12})$/

const namespaceBytes = 16

/** The hexadecimal digits whose first two bits are those of RFC 9562, section 4.1. */
const variants = '89ab'
