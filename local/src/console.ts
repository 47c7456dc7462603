/** The console of `npm start`. */
import { fileURLToPath } from 'node:url'
import { adminUrlVariableOf, urlVariableOf } from '@quadrille/console/config'
import { type ByRunningService, serviceNames } from '@quadrille/events'
import { isLoopback } from '@quadrille/service/tools'
import type { Options } from './options.ts'
import { type Printing, type Supervised, superviseProcess } from './supervise-process.ts'

export interface ConsoleOptions extends Printing {
  readonly options: Options
  readonly urls: ByRunningService<string>
  /** The URL of the admin endpoints, if they have their own port. */
  readonly adminUrl: string | undefined
  /** The URL of the audit. Undefined if it does not run. */
  readonly auditUrl: string | undefined
  /** The URL of the demo control, if it runs. */
  readonly demoUrl: string | undefined
}

/** It has no login, so beyond the loopback it does not run. */
export const runsConsole = ({ CONSOLE, HOST }: Pick<Options, 'CONSOLE' | 'HOST'>): boolean =>
  CONSOLE === 'on' && isLoopback(HOST)

/** Starts the console, and starts it again when it has exited. Never throws: the shop runs without it. */
export const superviseConsole = (options: ConsoleOptions): Supervised =>
  superviseProcess({
    name: 'console',
    command: [fileURLToPath(import.meta.resolve('@quadrille/console/main'))],
    env: consoleEnvironment(options),
    portVariable: 'PORT',
    say: options.say,
    log: options.log,
  })

/** The console needs no variables of the services: it uses no database, and no secrets. */
const consoleEnvironment = ({ options, urls, adminUrl, auditUrl, demoUrl }: ConsoleOptions): NodeJS.ProcessEnv => {
  const addresses = serviceNames.flatMap((service) => [
    [urlVariableOf(service), urls[service]],
    [adminUrlVariableOf(service), adminUrl && urls[service] && `${adminUrl}/${service}`],
  ])
  return {
    ...Object.fromEntries(addresses.filter(([, url]) => url !== undefined)),
    ...(auditUrl !== undefined && { AUDIT_URL: auditUrl }),
    HOST: options.HOST,
    PORT: String(options.CONSOLE_PORT),
    ALLOWED_HOSTS: options.ALLOWED_HOSTS.join(),
    TRACES_URL: options.TRACES_URL,
    DEMO_URL: demoUrl,
    LOG_LEVEL: 'warn',
  }
}
