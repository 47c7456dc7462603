/** The headers of every answer. */
import type { ServerResponse } from 'node:http'
import { protectiveHeaders } from '@quadrille/service/plain-server'

/**
 * The page loads its own files alone, and no inline script or style. No other page may frame it, read its answers, or learn its
 * address. Trusted Types forbid to turn text into HTML or scripts, so what an order contains can't become code.
 */
const securityHeaders: Readonly<Record<string, string>> = {
  ...protectiveHeaders,
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "connect-src 'self'",
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-opener-policy': 'same-origin',
}

export const setSecurityHeaders = (response: ServerResponse): void => {
  for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value)
}
