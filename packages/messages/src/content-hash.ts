import { hash } from 'node:crypto'
import canonicalize from 'canonicalize'

/** SHA-256 of the canonical JSON (RFC 8785): equal for equal content, whatever the order of its fields. */
export const contentHash = (value: unknown): string => hash('sha256', canonicalize(value) ?? '', 'base64')
