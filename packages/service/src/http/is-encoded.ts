import type { IncomingMessage } from 'node:http'

/** True for a request whose body is encoded, as by gzip. Some clients name no encoding `identity` (RFC 9110, section 8.4). */
export const isEncoded = ({ headers }: IncomingMessage): boolean =>
  !/^(identity)?$/i.test(headers['content-encoding'] ?? '')
