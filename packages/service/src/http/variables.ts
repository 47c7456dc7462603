/** Variables for the listener and for trust in requests. */
import { z } from 'zod'
import { integer } from '../config/integer.ts'

const hostName = /^([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/

/** Host names without ports, separated by commas, in lower case. */
const hostNames = z.string().transform((text, context): string[] => {
  const names = text
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  if (names.every((name) => hostName.test(name))) return names
  context.addIssue({ code: 'custom', message: 'must be host names without ports, such as api.example.com,api' })
  return z.NEVER
})

export const listenConfig = z.object({
  HOST: z
    .string()
    .min(1)
    .default('127.0.0.1')
    .describe('The address to listen on. An address beyond the loopback needs AUTH=off and ADMIN_PORT'),
  PORT: integer(0, 65_535).default(3000).describe('The port to listen on; 0 selects a free one'),
  ADMIN_PORT: integer(0, 65_535)
    .optional()
    .describe(
      'The port for health, metrics, dead letters and the whereabouts of messages. Default on the loopback: PORT',
    ),
  AUTH: z
    .enum(['off'])
    .optional()
    .describe('off allows a HOST beyond the loopback, although clients are not authenticated'),
  ALLOWED_HOSTS: hostNames
    .default([])
    .describe('Host names that are accepted besides localhost and the loopback addresses, such as api.example.com,api'),
  TRUST_TRACEPARENT: z
    .enum(['on', 'off'])
    .optional()
    .describe('Whether the traces of callers are continued. Default: on while HOST is the loopback, otherwise off'),
  CONSOLE_URL: z
    .url({ protocol: /^https?$/, error: 'must be like http://127.0.0.1:3004' })
    .optional()
    .describe('URL of the console in browsers, to which / and the pages of /docs link'),
  HTTP_MAX_IN_FLIGHT: integer(1, 100_000)
    .default(2_000)
    .describe(
      'Maximum number of complete requests in progress. Together their bodies may have 32 MiB. Further requests get 429',
    ),
  HTTP_MAX_CONNECTIONS: integer(1, 100_000)
    .default(10_000)
    .describe(
      'Maximum number of connections that wait for their clients; at the limit the longest-waiting one is closed',
    ),
})

export type ListenConfig = z.output<typeof listenConfig>

/** True for an address that only this machine can reach. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

export const trustsTraceparent = ({ HOST, TRUST_TRACEPARENT }: Pick<ListenConfig, 'HOST' | 'TRUST_TRACEPARENT'>) =>
  TRUST_TRACEPARENT === undefined ? isLoopback(HOST) : TRUST_TRACEPARENT === 'on'

/** The variables that determine who can reach the endpoints. PORT is undefined if several services share the schema. */
type Exposure = Pick<ListenConfig, 'HOST' | 'ADMIN_PORT' | 'AUTH'> & Partial<Pick<ListenConfig, 'PORT'>>

/** True if health, metrics, dead letters and the whereabouts of messages have their own port. */
export const hasAdminPort = ({ PORT, ADMIN_PORT }: Pick<Exposure, 'PORT' | 'ADMIN_PORT'>): boolean =>
  ADMIN_PORT !== undefined && (ADMIN_PORT === 0 || ADMIN_PORT !== PORT)

/** Without a valid value for each of these, the exposure is unknown. */
const exposing = ['HOST', 'ADMIN_PORT', 'AUTH']

/**
 * The same schema, with a check that prevents an unintended exposure without authentication. Beyond the loopback AUTH=off is
 * required, and the admin endpoints need their own port. Other wrong variables do not keep it from the check.
 */
export const withExposureCheck = <Schema extends z.ZodType<Exposure>>(schema: Schema): Schema =>
  schema.superRefine(
    (config, context) => {
      for (const message of exposureFaults(config)) context.addIssue({ code: 'custom', message })
    },
    { when: ({ issues }) => issues.every(({ path }) => !exposing.includes(String(path?.[0]))) },
  )

const exposureFaults = (config: Exposure): string[] => {
  const { HOST, ADMIN_PORT, AUTH } = config
  if (isLoopback(HOST)) return []
  const lines: string[] = []
  if (AUTH === undefined)
    lines.push(`AUTH is not set: clients are not authenticated, so HOST=${HOST} needs AUTH=off or a loopback address`)
  if (ADMIN_PORT === undefined)
    lines.push(
      'ADMIN_PORT is not set: beyond the loopback, the admin endpoints need their own port, which must not be public',
    )
  else if (!hasAdminPort(config))
    lines.push(
      `ADMIN_PORT must differ from PORT beyond the loopback, but both are ${ADMIN_PORT}, which would make the admin endpoints public`,
    )
  return lines
}
