/** The variables of the console. */
import { isOptional, type ServiceName, serviceNames } from '@quadrille/events/service-names'
import { ConfigError, integer, isLoopback, listenConfig } from '@quadrille/service/plain-server'
import { z } from 'zod'

type UrlVariable = `${Uppercase<ServiceName>}_URL`
type AdminUrlVariable = `${Uppercase<ServiceName>}_ADMIN_URL`

const prefixOf = (service: ServiceName) => service.toUpperCase() as Uppercase<ServiceName>

/** The variable with the URL of a service. */
export const urlVariableOf = (service: ServiceName): UrlVariable => `${prefixOf(service)}_URL`

/** The variable with the URL of a service's admin endpoints, if they have their own port. */
export const adminUrlVariableOf = (service: ServiceName): AdminUrlVariable => `${prefixOf(service)}_ADMIN_URL`

/** The console and the services are on one machine, or in one private network, so it does not speak TLS to them. */
const url = () => z.url({ protocol: /^http$/, error: 'must be like http://127.0.0.1:3000, without https' })

const urlOf = (service: ServiceName) =>
  url().describe(
    isOptional(service)
      ? `URL of the ${service} service; default: the console does not show it`
      : `URL of the ${service} service`,
  )

const adminUrlOf = (service: ServiceName) =>
  url()
    .optional()
    .describe(`URL of its admin endpoints; default: ${urlVariableOf(service)}`)

/** Where browsers find a trace. The page replaces `{traceId}`. */
const tracesUrl = z
  .string()
  .regex(/^https?:\/\/[^\s{}]+\{traceId\}[^\s{}]*$/, 'must be like http://127.0.0.1:16686/trace/{traceId}')

const urls = Object.fromEntries(
  serviceNames.flatMap((service) => [
    [urlVariableOf(service), isOptional(service) ? urlOf(service).optional() : urlOf(service)],
    [adminUrlVariableOf(service), adminUrlOf(service)],
  ]),
) as unknown as Readonly<Record<UrlVariable | AdminUrlVariable, z.ZodOptional<z.ZodURL>>> // an essential URL is a string, which is narrower

export const config = z.object({
  ...listenConfig.pick({ AUTH: true, ALLOWED_HOSTS: true }).shape,
  HOST: listenConfig.shape.HOST.describe('The address to listen on. An address beyond the loopback needs AUTH=off'),
  PORT: integer(0, 65_535).default(3004).describe('The port to listen on; 0 selects a free one'),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error', 'silent'])
    .default('info')
    .describe('The lowest level of log lines to write'),
  TRACES_URL: tracesUrl
    .optional()
    .describe(
      'URL of a trace in browsers, such as http://127.0.0.1:16686/trace/{traceId}. Default: the console shows the id of a trace only',
    ),
  ...urls,
  AUDIT_URL: url()
    .optional()
    .describe('URL of npm run audit -- --serve; default: the console does not show the invariants'),
  DEMO_URL: url().optional().describe('URL of the demo control of npm start; default: the console has no view Try it'),
})

export type Config = z.output<typeof config>

/**
 * The console has no login, and can change orders. So it is for the loopback; a container, whose port is published there,
 * confirms it by AUTH=off.
 * @throws {ConfigError} beyond the loopback without AUTH=off.
 */
export const checkExposure = ({ HOST, AUTH }: Pick<Config, 'HOST' | 'AUTH'>): void => {
  if (!isLoopback(HOST) && AUTH === undefined)
    throw new ConfigError(
      `AUTH is not set: the console has no login, so HOST=${HOST} needs AUTH=off or a loopback address`,
    )
}
