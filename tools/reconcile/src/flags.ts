/** The flags of `npm run reconcile`. */
import { databaseVariableOf } from '@quadrille/audit'
import { readFlags as readArguments } from '@quadrille/command-line'
import { optionalServiceNames, serviceNames, switchOf } from '@quadrille/events'

export interface Flags {
  readonly dryRun: boolean
}

export const help = `Usage: npm run reconcile -- [--dry-run] | --help

Sends lost messages to the services that lack them, after a database was restored from a backup or RabbitMQ has lost messages.
It compares the history of each order with the databases of the other services, until no message is missing. It writes only to
the outboxes of the services, so the services must be running. It is safe to run it again, and beside another run.
docs/backup-and-restore.md explains when to use it. A run of more than 5 s reports its progress on standard error.

  --dry-run  only lists the messages that it would send first, and writes nothing
  --help     prints this help

By default it uses the databases of npm start in this folder. Environment variables:
  DATA_DIR                   The folder of npm start (default: .quadrille)
  DATABASE_URL               A Postgres server with a database for each service: quadrille_order and so on
  ${serviceNames.map(databaseVariableOf).join(', ')}
                             The database of one service, if it is on another server
  ${optionalServiceNames.map(switchOf).join(', ').padEnd(25)}  off: the service does not run, as with npm start, and is left out
  PUBLISH_VERSIONS           The same value as in the services, if they set it; npm start uses newest

NAME_FILE is the path of a file with the value of a URL.

Exit code: 0 if nothing is missing except notifications that are still being sent, and with --dry-run; 1 if some messages were
not handled; 2 after an error.`

const options = {
  help: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const

/** Null if help is requested. npm takes `--dry-run` for itself if `--` is missing before it. @throws on other flags. */
export const readFlags = (
  args: readonly string[],
  { npm_config_dry_run: takenByNpm }: NodeJS.ProcessEnv = process.env,
): Flags | null => {
  const { values } = readArguments('npm run reconcile', { args: [...args], options })
  return values.help ? null : { dryRun: values['dry-run'] || takenByNpm === 'true' }
}
