/**
 * Decides which requests are accepted. Without authentication any client that reaches the port may send requests,
 * including a web page in a browser on this machine. So the host must be an allowed one, which prevents DNS rebinding,
 * and a browser may only send requests from the service's own origin.
 */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { Problem } from './problem.ts'
import { isLoopback } from './variables.ts'

export interface TrustOptions {
  /** Accepted host names, in addition to the name and the addresses of the loopback. */
  readonly allowedHosts: readonly string[]
  /** Accepts every IP address as a host. Orchestrators probe by address, and DNS rebinding needs a name. */
  readonly anyAddress: boolean
}

/** A path without a fragment (RFC 9112, section 3.2.1). Express and the gate could parse other targets differently. */
const originForm = /^\/[!"$-~]*$/

/** Returns the problem of an untrusted request, before it has any effect. Undefined for a trusted one. */
export const createTrustCheck = ({ allowedHosts, anyAddress }: TrustOptions) => {
  const allowed = new Set(allowedHosts)
  const isAllowed = (host: string): boolean => {
    const name = hostName(host)
    if (name === undefined) return false
    const address = name.replaceAll(/[[\]]/g, '')
    return allowed.has(name) || isLoopback(address) || (anyAddress && isIP(address) !== 0)
  }
  return ({ url = '', method = '', headers }: IncomingMessage): Problem | undefined => {
    if (!originForm.test(url))
      return new Problem(
        'malformed-request',
        'The request target must be a path of ASCII characters that begins with /.',
      )
    const { host, origin } = headers
    // A browser always sends a host. HTTP/1.0 does not require one, and health checks of HAProxy have none.
    if (host !== undefined && !isAllowed(host)) {
      return new Problem('forbidden', 'This host is not allowed. Add it to ALLOWED_HOSTS.')
    }
    if (origin !== undefined && !isOriginOf(host, origin)) return foreignOrigin
    return isCrossOrigin(headers['sec-fetch-site']) && !isLink(method, headers) ? foreignOrigin : undefined
  }
}

const foreignOrigin = new Problem('forbidden', 'Pages of other origins may not send requests to this service.')

/** Without its port, in lower case. Undefined if it is not a host. */
const hostName = (host: string): string | undefined =>
  /^(\[[^\]]+\]|[^:[\]]+)(:\d{1,5})?$/.exec(host.toLowerCase())?.[1]

/** The scheme may differ if a proxy terminates TLS. */
const isOriginOf = (host: string | undefined, origin: string): boolean =>
  origin.toLowerCase().replace(/^https?:\/\//, '') === host?.toLowerCase()

/** https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header */
const isCrossOrigin = (site: unknown): boolean => site !== undefined && site !== 'none' && site !== 'same-origin'

/** A link from another site may be followed: only the user sees the response, not the other site. */
const isLink = (method: string, headers: IncomingMessage['headers']): boolean =>
  method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
