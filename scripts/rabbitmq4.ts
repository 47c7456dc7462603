/** `npm run test:rabbitmq4`: the tests of the RabbitMQ adapter on RabbitMQ 4, where one can be had. */
import { runCommand } from './suite/command.ts'
import { runTests } from './suite/tests.ts'
import { runVitestCommand } from './suite/vitest-command.ts'

const help = `Usage: npm run test:rabbitmq4 [-- FILTER… | VITEST OPTIONS…]

Runs the tests of the RabbitMQ adapter on RabbitMQ 4: conformance, hostile messages, outages, permissions, nodes that are killed.

AMQP_URL        a RabbitMQ 4 to make virtual hosts on
RABBITMQ_ROOT   the root of a Debian 13 or later with rabbitmq-server, as debootstrap makes it, for nodes of the tests' own

Without either it takes the rabbitmq-server of this machine, if that is version 4. Without any, nothing is run.`

const run = async (args: readonly string[]): Promise<void> => {
  const { ok, output } = await runCommand(['node', 'packages/testing/scripts/rabbitmq-version.ts'])
  if (!ok) throw new Error(output)
  const version = output.split('\n').at(-1) ?? ''
  const { env } = process
  const isRequired = Boolean(env['AMQP_URL'] ?? env['RABBITMQ_ROOT'])
  if (!version.startsWith('4.') && isRequired) throw new Error(`RabbitMQ 4 is needed, and this is ${version}.`)
  if (!version.startsWith('4.')) {
    console.log(`Nothing was run on RabbitMQ 4: this machine has RabbitMQ ${version}.\n0 passed, 0 failed`)
    return
  }
  console.log(`RabbitMQ ${version}`)
  const tests = args.length > 0 ? args : ['--project', 'int', '--project', 'long', 'packages/messaging/test/amqp']
  const { passed, failed } = await runTests(tests, { TEST_SIZE: 'full' })
  if (failed > 0) process.exitCode = 1
  console.log(`${passed} passed, ${failed} failed`)
}

await runVitestCommand({ command: 'npm run test:rabbitmq4', help }, run)
