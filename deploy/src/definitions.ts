/** Prints RabbitMQ's definitions for the demo: `npm run --silent definitions > deploy/rabbitmq/definitions.json`. */
import { runCommand } from '@quadrille/command-line'
import { choreography } from '@quadrille/events'
import { type Account, definitionsOf } from '@quadrille/messaging'
import { auditor, operator } from './accounts.ts'

const accountOf = (user: string): Account => ({ user, password: `${user}-demo` })

/** A fixed salt, so that the file changes only with the choreography. The demo's passwords are public anyway. */
const saltFor = () => Buffer.from('demo')

const help = `Usage: npm run definitions [-- --help]

Prints RabbitMQ's definitions for the demo of Docker Compose: users, permissions and exchanges, from the choreography.`

await runCommand({ command: 'npm run definitions', help }, () => {
  const definitions = definitionsOf({
    services: choreography,
    accountOf,
    operator: accountOf(operator),
    observer: accountOf(auditor),
    saltFor,
  })
  process.stdout.write(`${JSON.stringify(definitions, null, 2)}\n`)
})
