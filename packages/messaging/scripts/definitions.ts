/**
 * Prints what RabbitMQ is to load at its start: `npm run definitions`. The passwords are those of the demo, or they are read from
 * files: `npm run definitions -- --passwords FOLDER`.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Account, definitionsOf } from '../src/index.ts'

const help = `Usage: npm run definitions -- [--passwords FOLDER] | --help

Prints the definitions that RabbitMQ loads at its start: a user for each service, which may do what the choreography gives the
service and nothing else, one for the operator, and what belongs to none of them.

  --passwords  a folder with a file for each password: order, payment, inventory, notification and operator;
               default: the passwords of the demo, which are order-demo and so on
  --help       prints this`

const { values } = parseArgs({
  options: { passwords: { type: 'string' }, help: { type: 'boolean', default: false } },
})

const accountOf = (user: string): Account => ({ user, password: passwordOf(user) })

const passwordOf = (user: string): string => {
  if (values.passwords === undefined) return `${user}-demo`
  const password = readFileSync(join(values.passwords, user), 'utf8').trim()
  if (password === '') throw new Error(`${join(values.passwords, user)} has no password in it.`)
  return password
}

try {
  const demo = values.passwords === undefined
  const definitions = () =>
    definitionsOf({ accountOf, operator: accountOf('operator'), ...(demo && { saltFor: () => Buffer.from('demo') }) })
  const text = values.help ? help : JSON.stringify(definitions(), null, 2)
  process.stdout.write(`${text}\n`)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
