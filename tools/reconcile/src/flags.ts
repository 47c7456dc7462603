/** What can be told to `npm run reconcile`. */
import { readFlags as readArguments } from '@quadrille/command-line'

export interface Flags {
  readonly dryRun: boolean
}

export const help = `Usage: npm run reconcile -- [--dry-run] | --help

After a database was restored from an older backup, or RabbitMQ has lost what it held: compares the orders' histories with the
books of all services, and gives each service what it has missed, until nothing is missing. It writes messages to the services'
outboxes and nothing else, so the services must be running. Run again it changes nothing. docs/backup-and-restore.md says when.
A run of more than 5 s says on standard error how far it is.

  --dry-run  only says what it would give first, and writes nothing
  --help     prints this

Without variables it works on what npm start runs in this folder. Variables:
  DATA_DIR                   The folder of npm start (default: .quadrille)
  DATABASE_URL               A Postgres server with a database for each service: quadrille_order and so on
  ORDER_DATABASE_URL, PAYMENT_DATABASE_URL, INVENTORY_DATABASE_URL, NOTIFICATION_DATABASE_URL
                             The database of one service, where it is elsewhere
  PUBLISH_VERSIONS           As the services have it, where they have it; npm start has newest

Exit code: 0 nothing is missing any more but what is still being sent to customers, or --dry-run; 1 something was not taken in; 2 it could not do it.`

const options = {
  help: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
} as const

/** Null where help is wanted. @throws on anything but these flags. */
export const readFlags = (args: readonly string[]): Flags | null => {
  const { values } = readArguments('npm run reconcile', { args: [...args], options })
  return values.help ? null : { dryRun: values['dry-run'] }
}
