/** The flags of `npm run audit`. */
import { readFlags as readArguments } from '@quadrille/command-line'
import { optionalServiceNames, serviceNames, switchOf } from '@quadrille/events'
import { databaseVariableOf } from './locations.ts'

export interface Flags {
  readonly help: boolean
  /** The report as JSON, with every violation. */
  readonly json: boolean
  /** Serves the results over HTTP, until the process is stopped. */
  readonly serve: boolean
  readonly graceMs: number
}

export const help = `Usage: npm run audit [-- --grace 10 | --json | --serve | --help]

Checks the invariants over the databases of all services, the gateway's ledger and the broker's queues. It only reads, and may
run at any time. It examines each violation repeatedly until the grace period is over, and reports those that persist.

  --grace  how long a violation must persist, in seconds (default: 10). Set it longer than the lag of a system with a backlog
  --json   prints the report as JSON, with every violation
  --serve  serves the audit over HTTP, for the console: GET /audit is the last result, and POST /audit starts a run
  --help   prints this help

Without variables it audits the system that npm start runs in this folder. Variables:
  DATA_DIR                   The folder of npm start (default: .quadrille)
  DATABASE_URL               A Postgres server with a database for each service: quadrille_order and so on
  ${serviceNames.map(databaseVariableOf).join(', ')}
                             The database of one service, if it is not on that server
  ${optionalServiceNames.map(switchOf).join(', ').padEnd(25)}  off: the service does not run, as with npm start, and is not checked
  GATEWAY                    The payment gateway, as for the payment service (default: simulated). The audit reads its ledger
  AMQP_URL                   The RabbitMQ of the services. Without it the queues are not checked, unless npm start runs with
                             the in-process broker
  AUDIT_PORT                 The port of --serve (default: 3007); 0 selects a free one
  HOST, AUTH, ALLOWED_HOSTS  Its address (default: 127.0.0.1), as for a service: beyond the loopback AUTH=off is required

NAME_FILE is the path of a file with the value of a URL.

Exit code: 0 all invariants hold as far as they were checked, 1 some are violated or RabbitMQ does not answer, 2 the databases
can't be read.`

const options = {
  help: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  serve: { type: 'boolean', default: false },
  grace: { type: 'string', default: '10' },
} as const

/** @throws on other flags. */
export const readFlags = (args: readonly string[]): Flags => {
  const { help, json, serve, grace } = readArguments('npm run audit', { args: [...args], options }).values
  if (!/^\d{1,4}(\.\d+)?$/.test(grace)) throw new Error(`--grace is ${grace}; expected seconds, from 0 to 9999.`)
  return { help, json, serve, graceMs: Number(grace) * 1_000 }
}
