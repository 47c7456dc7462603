/** RabbitMQ's definitions for the demo of Docker Compose: users, permissions and exchanges, from the choreography. */
import { choreography } from '@quadrille/events'
import { type Account, definitionsOf } from '@quadrille/messaging'
import { auditor, operator } from './accounts.ts'

const accountOf = (user: string): Account => ({ user, password: `${user}-demo` })

/** A fixed salt, so that the file changes only with the choreography. The demo's passwords are public anyway. */
const saltFor = () => Buffer.from('demo')

/** deploy/rabbitmq/definitions.json. */
export const definitionsFile = (): string => {
  const definitions = definitionsOf({
    services: choreography,
    accountOf,
    operator: accountOf(operator),
    observer: accountOf(auditor),
    saltFor,
  })
  return `${JSON.stringify(definitions, null, 2)}\n`
}
