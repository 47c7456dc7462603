/** What can be told to `npm run audit`. */
import { readFlags as readArguments } from '@quadrille/command-line'
import { serviceNames } from '@quadrille/events'
import { databaseVariableOf } from './whereabouts.ts'

export interface Flags {
  readonly help: boolean
  /** The report as JSON, with every violation. */
  readonly json: boolean
  readonly graceMs: number
}

export const help = `Usage: npm run audit [-- --grace 10 | --json | --help]

Checks the invariants over the databases of all services, the gateway's ledger and the broker's queues. It only reads, and may be
run at any time: what looks wrong is looked at again until the grace is over, and reported if it was so each time.

  --grace  how long something must look wrong to count, in seconds (default: 10). On a system that is behind, longer than it is behind
  --json   prints the report as JSON, with every violation
  --help   prints this

Without variables it looks at what npm start runs in this folder. Variables:
  DATA_DIR                   The folder of npm start (default: .quadrille)
  DATABASE_URL               A Postgres server with a database for each service: quadrille_order and so on
  ${serviceNames.map(databaseVariableOf).join(', ')}
                             The database of one service, where it is elsewhere
  GATEWAY                    The payment gateway, as for the payment service (default: simulated). The audit reads its ledger
  AMQP_URL                   The RabbitMQ of the services (default: none, as with the in-process broker)

Exit code: 0 all invariants hold, 1 some are broken or RabbitMQ gives no answer, 2 it could not look at the databases.`

const options = {
  help: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  grace: { type: 'string', default: '10' },
} as const

/** @throws on anything but these flags. */
export const readFlags = (args: readonly string[]): Flags => {
  const { help, json, grace } = readArguments('npm run audit', { args: [...args], options }).values
  if (!/^\d{1,4}(\.\d+)?$/.test(grace)) throw new Error(`--grace is ${grace}; expected seconds, from 0 to 9999.`)
  return { help, json, graceMs: Number(grace) * 1_000 }
}
