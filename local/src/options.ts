/** The options of `npm start`: environment variables, and two flags. */
import { readFlags as readArguments } from '@quadrille/command-line'
import { config as consoleConfig, urlVariableOf } from '@quadrille/console/config'
import { optionalServiceNames, type ServiceName, serviceNames, shop, switchOf } from '@quadrille/events'
import { type Environment, integer, readConfig } from '@quadrille/service'
import { commonConfig, helpFor, publishVersionsOf, telemetryConfig, withExposureCheck } from '@quadrille/service/tools'
import { z } from 'zod'
import { definitions } from './definitions.ts'

type PortVariable = `${Uppercase<ServiceName>}_PORT`

export const portVariableOf = (service: ServiceName): PortVariable =>
  `${service.toUpperCase() as Uppercase<ServiceName>}_PORT`

const portSchemaOf = (service: ServiceName) =>
  integer(0, 65_535)
    .default(definitions[service].defaultPort)
    .describe(`Port of the ${service} service; 0 selects a free one`)

const ports = Object.fromEntries(
  serviceNames.map((service) => [portVariableOf(service), portSchemaOf(service)]),
) as Readonly<Record<PortVariable, ReturnType<typeof portSchemaOf>>>

const onOrOff = (service: string) =>
  z.enum(['on', 'off']).default('on').describe(`off leaves out the ${service} service, on which no order depends`)

const switches = Object.fromEntries(
  optionalServiceNames.map((service) => [switchOf(service), onOrOff(service)]),
) as Readonly<Record<ReturnType<typeof switchOf>, ReturnType<typeof onOrOff>>>

/** The variables of `npm start` itself. */
export const options = z.object({
  DATA_DIR: z.string().min(1).default('.quadrille').describe('Folder for all state; with DATABASE_URL only for photos'),
  HOST: z.string().min(1).default('127.0.0.1').describe('The address to listen on'),
  ...ports,
  ...switches,
  CONSOLE_PORT: integer(0, 65_535).default(3004).describe('Port of the console; 0 selects a free one'),
  CONSOLE: z
    .enum(['on', 'off'])
    .default('on')
    .describe('off leaves out the console; it has no login, so it never runs if HOST is beyond the loopback'),
  AUDIT: z
    .enum(['on', 'off'])
    .default('on')
    .describe('off leaves out the audit, whose results the console shows; without the console it never runs'),
  TRACES_URL: consoleConfig.shape.TRACES_URL,
  DEMO_PORT: integer(0, 65_535).default(3006).describe('Port of the demo control; 0 selects a free one'),
  DEMO: z
    .enum(['on', 'off'])
    .optional()
    .describe(
      'Whether the demo control runs, which breaks parts of the shop on request; it never does if HOST is beyond the loopback. Default: on with SEED=demo and without DATABASE_URL and AMQP_URL, whose servers may be shared; otherwise off',
    ),
  ...commonConfig.pick({ AUTH: true, ALLOWED_HOSTS: true, HTTP_MAX_CONNECTIONS: true }).shape,
  ADMIN_PORT: integer(0, 65_535)
    .optional()
    .describe(
      'One port for health, metrics, dead letters and the whereabouts of messages of all services, each below /<service>; 0 selects a free one. Default on the loopback: the port of each service',
    ),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .describe(
      'A Postgres server to use instead of the embedded one; each service gets a database there. Without AMQP_URL only one process at a time may use them; a second one waits for up to 30 s',
    ),
  AMQP_URL: z
    .url({ protocol: /^amqps?$/ })
    .optional()
    .describe('A RabbitMQ to use instead of the in-process broker: amqp://user:password@host:port/vhost'),
  SEED: z.enum(['demo', 'none']).default('demo').describe('Whether to add the demo catalog'),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('warn')
    .describe('The lowest level of log lines to write'),
  LOG_FORMAT: z
    .enum(['text', 'json'])
    .default('text')
    .describe(
      'text: log lines for a person, and a line for each order (a sample of many); json: only log lines, as JSON, and all else on standard error',
    ),
  PUBLISH_VERSIONS: publishVersionsOf(shop)
    .prefault('newest')
    .describe(
      'Event versions to publish: newest, because all services have the same version, or pairs such as PaymentDeclined:2',
    ),
})

export type Options = z.output<typeof options>

/** The variables of the services, without those that `npm start` sets. */
const serviceVariables: z.ZodRawShape = Object.fromEntries(
  serviceNames
    .flatMap((service) => Object.entries(definitions[service].config.shape))
    .filter(([name]) => !(name in options.shape || serviceNames.some((service) => urlVariableOf(service) === name))),
)

/** All variables, including those of the services that `npm start` does not set itself. */
export const variables = withExposureCheck(
  z.object({
    ...options.shape,
    ...commonConfig.omit({
      DATABASE_URL: true,
      HOST: true,
      PORT: true,
      ADMIN_PORT: true,
      LOG_LEVEL: true,
      CONSOLE_URL: true,
    }).shape,
    ...serviceVariables,
    ...telemetryConfig.shape,
  }),
)

/** @throws {ConfigError} with a line for each wrong variable. */
export const readOptions = (env: Environment): Options => readConfig(variables, env)

export interface Flags {
  readonly help: boolean
  /** Deletes all state first. */
  readonly reset: boolean
}

/** @throws {UsageError} on other flags. */
export const readFlags = (args: readonly string[]): Flags => {
  const flags = { help: { type: 'boolean', default: false }, reset: { type: 'boolean', default: false } } as const
  return readArguments('npm start', { args: [...args], options: flags }).values
}

export const help = (): string => `Usage: npm start [-- --reset | --help]

Starts all services in one process, beside Postgres and the console. Ctrl-C stops it. The state survives this, and also kill -9.

  --reset  deletes all state of the shop first, and no other file in DATA_DIR; not allowed with DATABASE_URL or AMQP_URL, because those servers may be shared
  --help   prints this help

Variables, each of which may also be given as a file (AMQP_URL_FILE and so on):
${helpFor(variables)}`
