/** Conditional requests (RFC 9110, section 13): a client that polls gets a response only if it differs from the one that it has. */
import { hash } from 'node:crypto'
import type { Request } from 'express'

/** A strong validator (RFC 9110, section 8.8.3), with its quotes: it differs whenever the text differs. */
export const etagOf = (text: string): string => `"${hash('sha1', text, 'base64url')}"`

/** Express's own check ignores the condition if the request has `Cache-Control: no-cache`, which `fetch` adds. */
export const has = (request: Request, etag: string): boolean => {
  const known = (request.get('if-none-match') ?? '').split(',').map((tag) => tag.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
}
