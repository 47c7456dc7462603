/** RabbitMQ's definitions for Docker Compose: users, permissions and exchanges, from the choreography. */
import { choreography } from '@quadrille/events'
import { type Account, type DefinitionsOptions, definitionsOf } from '@quadrille/messaging'
import { auditor, operator } from './accounts.ts'

const demoAccountOf = (user: string): Account => ({ user, password: `${user}-demo` })

/** A fixed salt, so that the file changes only with the choreography. The demo's passwords are public anyway. */
const saltFor = () => Buffer.from('demo')

/** deploy/rabbitmq/definitions.json, for the demo. */
export const demoDefinitions = (): string => `${definitionsText({ accountOf: demoAccountOf, saltFor })}\n`

/** As JSON, for these accounts. */
export const definitionsText = (options: Pick<DefinitionsOptions, 'accountOf' | 'saltFor'>): string => {
  const { accountOf } = options
  const definitions = definitionsOf({
    ...options,
    services: choreography,
    operator: accountOf(operator),
    observer: accountOf(auditor),
  })
  return JSON.stringify(definitions, null, 2)
}
