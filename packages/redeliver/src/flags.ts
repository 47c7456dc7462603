/** What can be told to `npm run redeliver`. */
import { parseArgs } from 'node:util'
import { type Restorable, restorable } from './behind/behind.ts'

export interface Flags {
  readonly to: Restorable
  readonly dryRun: boolean
}

export const help = `Usage: npm run redeliver -- --to payment|inventory|notification [--dry-run] | --help

For a service whose database was restored from an older backup: gives it what it has missed of all orders, from their histories,
until nothing is missing. It writes messages to that service's outbox and nothing else, so the service must be running. Run again
it gives nothing twice. docs/backup-and-restore.md says when.

  --to       the service that was restored. The order service can't be: the histories are its own
  --dry-run  only says what it would give first, and writes nothing
  --help     prints this

Without variables it works on what npm start runs in this folder. Variables:
  DATA_DIR                   The folder of npm start (default: .quadrille)
  DATABASE_URL               A Postgres server with a database for each service: quadrille_order and so on
  ORDER_DATABASE_URL, PAYMENT_DATABASE_URL, INVENTORY_DATABASE_URL, NOTIFICATION_DATABASE_URL
                             The database of one service, where it is elsewhere

Exit code: 0 nothing is missing any more, 1 something was not taken in, 2 it could not do it.`

const options = {
  help: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  to: { type: 'string', default: '' },
} as const

/** Null where help is wanted. @throws on anything but these flags. */
export const readFlags = (args: readonly string[]): Flags | null => {
  const { values } = parseArgs({ args: [...args], options })
  if (values.help) return null
  const to = restorable.find((service) => service === values.to)
  if (to) return { to, dryRun: values['dry-run'] }
  throw new Error(
    values.to === 'order'
      ? 'The order service can not be given what it has missed: nobody else has the histories. See docs/backup-and-restore.md.'
      : `--to is ${JSON.stringify(values.to)}; expected ${restorable.join(', ')}.`,
  )
}
