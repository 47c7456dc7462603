import { v5 } from 'uuid'

/**
 * The id of a message: UUIDv5 (RFC 9562, section 5.5) in the namespace of its subject, which is a UUID. It is
 * deterministic: a service that repeats work sends the same id again, and each consumer recognises the duplicate.
 */
export const messageId = (subject: string, type: string, identity: string): string => v5(`${type}/${identity}`, subject)
