/** `npm test`: runs every check (`check:…` in package.json), then the tests. A failure does not stop the others. */
import type { Counts } from '../packages/command-line/src/index.ts'
import { describePython, describeRabbitMq } from '../packages/testing/src/index.ts'
import { checks } from './suite/checks.ts'
import { runProgram } from './suite/program.ts'
import { runTests } from './suite/tests.ts'
import { runVitestCommand } from './suite/vitest-command.ts'

const help = `Usage: npm test [-- FILTER… | VITEST OPTIONS…]

Checks format, lint, types, package hygiene, unused code, the direction of dependencies, and that SQL names its columns. Then
runs the tests: unit, integration with a real Postgres and a real RabbitMQ, end to end. With a filter, runs only the tests in
files whose path contains it:

  npm test -- packages/events          npm test -- --project unit          npm test -- -t 'out of stock'

TEST_DATABASE_URL   a Postgres server on which to create test databases; default: an embedded one in a temporary folder
AMQP_URL            a RabbitMQ on which to create virtual hosts; default: the installed rabbitmq-server, else a Docker
                    container, else as root on Debian the one that it installs with apt-get
RABBITMQ_ROOT       another RabbitMQ, from which tests start nodes: docs/testing.md
TEST_PATIENCE       how long a test waits for a condition, in seconds; default: 120

Large tests (many messages, many clients, random histories) run in a smaller size; npm run test:full runs them in full.

The last line has the numbers of checks and tests that passed and failed.`

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`

const runChecks = async (): Promise<Counts> => {
  let passed = 0
  const all = await checks()
  const running = all.map((check) => ({ ...check, outcome: runProgram(check.command) })) // at once, because most use one core
  for (const { name, command, outcome } of running) {
    const { ok, output, ms } = await outcome
    console.log(`${ok ? '✓' : '✗'} ${name} (${seconds(ms)})`)
    if (ok) passed += 1
    else console.log(`\n$ ${command.join(' ')}\n${output}`)
  }
  return { passed, failed: all.length - passed }
}

await runVitestCommand({ command: 'npm test', help }, async (args) => {
  if (!args.includes('unit')) {
    for (const plan of await Promise.all([describeRabbitMq(), describePython()])) console.log(plan) // announces installations
  }
  const checked = await runChecks()
  const began = performance.now()
  const tests = await runTests(args)
  console.log(`${tests.failed === 0 ? '✓' : '✗'} tests (${seconds(performance.now() - began)})\n`)
  return { passed: checked.passed + tests.passed, failed: checked.failed + tests.failed }
})
