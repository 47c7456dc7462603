/** `npm run test:rabbitmq4`: runs the tests of the RabbitMQ adapter on RabbitMQ 4, if it is available. */
import type { Counts } from '../packages/command-line/src/index.ts'
import { runProgram } from './suite/program.ts'
import { runTests } from './suite/tests.ts'
import { runNothing, runVitestCommand } from './suite/vitest-command.ts'

const help = `Usage: npm run test:rabbitmq4 [-- FILTER… | VITEST OPTIONS…]

Runs the tests of the RabbitMQ adapter on RabbitMQ 4: conformance, hostile messages, outages, permissions, killed nodes.

AMQP_URL        a RabbitMQ 4 on which to create virtual hosts
RABBITMQ_ROOT   the root of a Debian 13 or later with rabbitmq-server, as created by debootstrap, from which tests start nodes

Without these variables it uses the installed rabbitmq-server, if that is version 4. Otherwise it runs nothing.`

const run = async (args: readonly string[]): Promise<Counts> => {
  const { ok, output } = await runProgram(['node', 'packages/testing/scripts/rabbitmq-version.ts'])
  if (!ok) throw new Error(output)
  const version = output.split('\n').at(-1) ?? ''
  const { env } = process
  const isRequired = Boolean(env['AMQP_URL'] ?? env['RABBITMQ_ROOT'])
  if (!version.startsWith('4.') && isRequired) throw new Error(`RabbitMQ 4 is needed, but this is ${version}.`)
  if (!version.startsWith('4.'))
    return runNothing(`Nothing was run on RabbitMQ 4: this machine has RabbitMQ ${version}.`)
  console.log(`RabbitMQ ${version}`)
  const tests = args.length > 0 ? args : ['--project', 'int', '--project', 'long', 'packages/messaging/test/amqp']
  return await runTests(tests, { TEST_SIZE: 'full' })
}

await runVitestCommand({ command: 'npm run test:rabbitmq4', help }, run)
