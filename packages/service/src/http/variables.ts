/**
 * The variables that say where a service listens and which requests it trusts. Tracing reads them before anything that it
 * instruments is loaded, so this module imports none of that.
 */
import { z } from 'zod'
import { integer } from '../config/integer.ts'
import { ConfigError } from '../config/read-config.ts'

const hostName = /^([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/

/** Names of hosts without ports, separated by commas; in lower case. */
const hostNames = z.string().transform((text, context): string[] => {
  const names = text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  if (names.every((name) => hostName.test(name))) return names
  context.addIssue({ code: 'custom', message: 'must be host names without ports, as in api.example.com,api' })
  return z.NEVER
})

export const listenConfig = z.object({
  HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('The address to listen on. One beyond the loopback needs AUTH=off and ADMIN_PORT'),
  PORT: integer(0, 65_535).default(3000).describe('The port to listen on; 0 takes a free one'),
  ADMIN_PORT: integer(0, 65_535)
    .optional()
    .describe('The port for health, metrics, dead letters and whereabouts. Default on the loopback: PORT'),
  AUTH: z
    .enum(['off'])
    .optional()
    .describe('off allows a HOST beyond the loopback, although clients are not authenticated'),
  ALLOWED_HOSTS: hostNames
    .default([])
    .describe('Host names that requests may carry besides localhost, 127.0.0.1 and [::1], as in api.example.com,api'),
  TRUST_TRACEPARENT: z
    .enum(['on', 'off'])
    .optional()
    .describe('Whether the traces of callers are continued. Default: on while HOST is the loopback, otherwise off'),
  HTTP_MAX_IN_FLIGHT: integer(1, 100_000)
    .default(2_000)
    .describe('Complete requests that are answered at a time; more get 429'),
  HTTP_MAX_CONNECTIONS: integer(1, 100_000)
    .default(10_000)
    .describe('Connections that may wait for their clients; at the limit the one that has waited longest is closed'),
})

export type ListenConfig = z.output<typeof listenConfig>

/** True for an address that only this machine can reach. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/** Whether the traces of callers are continued. */
export const trustsTraceparent = ({ HOST, TRUST_TRACEPARENT }: Pick<ListenConfig, 'HOST' | 'TRUST_TRACEPARENT'>) =>
  TRUST_TRACEPARENT === undefined ? isLoopback(HOST) : TRUST_TRACEPARENT === 'on'

/** True where health, metrics, dead letters and whereabouts have a port of their own. */
export const hasAdminPort = ({ PORT, ADMIN_PORT }: Pick<ListenConfig, 'PORT' | 'ADMIN_PORT'>): boolean =>
  ADMIN_PORT !== undefined && (ADMIN_PORT === 0 || ADMIN_PORT !== PORT)

/**
 * Refuses to expose what has no authentication: beyond the loopback that must be said, and operations need a port of their own.
 * @throws {ConfigError} with a line for each variable that is missing.
 */
export const checkExposure = (config: Pick<ListenConfig, 'HOST' | 'PORT' | 'ADMIN_PORT' | 'AUTH'>): void => {
  if (isLoopback(config.HOST)) return
  const lines = [
    ...(config.AUTH === undefined
      ? [`AUTH is not set: clients are not authenticated, so HOST=${config.HOST} needs AUTH=off or a loopback address`]
      : []),
    ...(hasAdminPort(config)
      ? []
      : [
          config.ADMIN_PORT === undefined
            ? 'ADMIN_PORT is not set: beyond the loopback, operations need a port other than PORT, which the public can’t reach'
            : `ADMIN_PORT must be a port other than PORT beyond the loopback, not ${config.ADMIN_PORT} too: the public can’t be kept from operations on the same port`,
        ]),
  ]
  if (lines.length > 0) throw new ConfigError(lines.join('\n'))
}
