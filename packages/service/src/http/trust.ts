/**
 * Which requests are answered at all. Without authentication, anything that reaches the port may ask, also a web page in the
 * browser of somebody who works on this machine. So the host must be one that is served, which a name that an attacker points at
 * this machine (DNS rebinding) is not, and a browser may only ask from the service's own origin.
 */
import type { IncomingMessage } from 'node:http'
import { isIP } from 'node:net'
import { Problem } from './problem.ts'

export interface TrustOptions {
  /** Names of hosts that are served, beside the loopback's. */
  readonly allowedHosts: readonly string[]
  /** Serves every IP address as a host: probes of orchestrators use them, and DNS rebinding needs a name. */
  readonly anyAddress: boolean
}

/** A path without a fragment (RFC 9112, section 3.2.1): of others express may read another path than the gate. */
const originForm = /^\/[!"$-~]*$/

const loopbackHosts = ['localhost', '127.0.0.1', '[::1]']

/** Says why a request is not answered, before anything of it is acted upon. Undefined for one that is. */
export const createTrust = ({ allowedHosts, anyAddress }: TrustOptions) => {
  const served = new Set([...loopbackHosts, ...allowedHosts])
  const isServed = (host: string): boolean => {
    const name = hostName(host)
    return name !== undefined && (served.has(name) || (anyAddress && isIP(name.replaceAll(/[[\]]/g, '')) !== 0))
  }
  return ({ url = '', method = '', headers }: IncomingMessage): Problem | undefined => {
    if (!originForm.test(url))
      return new Problem(
        'malformed-request',
        'The request target must be a path of ASCII characters that begins with /.',
      )
    const { host = '', origin } = headers
    if (!isServed(host)) {
      return new Problem(
        'forbidden',
        'This host is not served. ALLOWED_HOSTS names the hosts that are, beside the loopback.',
      )
    }
    if (origin !== undefined && !isOriginOf(host, origin)) return foreign
    return isFromElsewhere(headers['sec-fetch-site']) && !isLink(method, headers) ? foreign : undefined
  }
}

const foreign = new Problem('forbidden', 'Pages of other origins may not use this service.')

/** Without its port, in lower case. Undefined for what is no host. */
const hostName = (host: string): string | undefined =>
  /^(\[[^\]]+\]|[^:[\]]+)(:\d{1,5})?$/.exec(host.toLowerCase())?.[1]

/** The scheme may differ, where TLS ends at a proxy. */
const isOriginOf = (host: string, origin: string): boolean =>
  origin.toLowerCase().replace(/^https?:\/\//, '') === host.toLowerCase()

/** https://www.w3.org/TR/fetch-metadata/#sec-fetch-site-header */
const isFromElsewhere = (site: unknown): boolean => site !== undefined && site !== 'none' && site !== 'same-origin'

/** A person who follows a link from another site only sees the answer. */
const isLink = (method: string, headers: IncomingMessage['headers']): boolean =>
  method === 'GET' && headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
