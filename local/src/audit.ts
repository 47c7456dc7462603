/** The audit of `npm start`, which the console shows. It runs when a page of the console asks for it. */
import { fileURLToPath } from 'node:url'
import { freePort } from '@quadrille/embedded-postgres'
import { optionalServiceNames, type ServiceName, switchOf } from '@quadrille/events'
import { runsConsole } from './console.ts'
import type { Options } from './options.ts'
import type { Part } from './parts.ts'
import { type Printing, superviseProcess } from './supervise-process.ts'

/** By its path, because the tests of the audit use this package. */
const main = fileURLToPath(new URL('../../tools/audit/src/main.ts', import.meta.url))

/** With it the process has 240 MB instead of 420 MB after six runs over 21,000 orders, for 8 % more processor time. */
const lessMemory = '--max-semi-space-size=1'

export const runsAudit = (options: Pick<Options, 'AUDIT' | 'CONSOLE' | 'HOST'>): boolean =>
  options.AUDIT === 'on' && runsConsole(options)

export interface AuditOptions extends Printing {
  readonly options: Options
  /** The URL of each service's database. */
  readonly databases: ReadonlyMap<ServiceName, string>
  /** The variables of `npm start`. */
  readonly env: NodeJS.ProcessEnv
}

export interface Audit extends Part {
  /** Known before it listens, so that a console gets it even if the audit starts late. */
  readonly url: string
}

/** The driver of Postgres obeys them in the shop too: those such as `PGPASSWORD` and `PGSSLMODE`, and `USER`, its default user. */
const isOfPostgres = ([name]: readonly [string, unknown]): boolean => name.startsWith('PG') || name === 'USER'

/** Starts the audit, and starts it again when it has exited. Never throws: the shop runs without it. */
export const superviseAudit = async ({ options, databases, env, say, log }: AuditOptions): Promise<Audit> => {
  const port = await freePort()
  const supervised = superviseProcess({
    name: 'audit',
    command: [lessMemory, main, '--serve'],
    env: {
      ...Object.fromEntries(Object.entries(env).filter(isOfPostgres)),
      ...Object.fromEntries([...databases].map(([service, url]) => [`${service.toUpperCase()}_DATABASE_URL`, url])),
      ...Object.fromEntries(optionalServiceNames.map((service) => [switchOf(service), options[switchOf(service)]])),
      AMQP_URL: options.AMQP_URL,
      GATEWAY: env['GATEWAY'],
      AUDIT_PORT: String(port),
    },
    portVariable: 'AUDIT_PORT',
    say,
    log,
  })
  return { stop: supervised.stop, url: `http://127.0.0.1:${port}` }
}
