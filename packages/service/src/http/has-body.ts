import type { IncomingMessage } from 'node:http'

/** True for a request with a body, even if it has not arrived yet (RFC 9112, section 6.3). */
export const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
