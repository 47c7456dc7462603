/** `npm run test:full`: runs in full the tests that `npm test` runs in a smaller size, or not at all. */
import { fullSizeArgs } from './suite/full-size.ts'
import { runTests } from './suite/tests.ts'
import { runVitestCommand } from './suite/vitest-command.ts'

const help = `Usage: npm run test:full [-- --part N/OF | FILTER… | VITEST OPTIONS…]

Runs large tests in full size: many messages, many clients, random histories. npm test runs them in a smaller size. Also runs
the long tests, which npm test omits. With a filter, runs only the tests in files whose path contains it. --part 1/3 runs the
first of three parts.

The last line has the numbers of tests that passed and failed.`

await runVitestCommand({ command: 'npm run test:full', help, ownOption: '--part' }, async (args, part) =>
  runTests(await fullSizeArgs(args, part), { TEST_SIZE: 'full' }),
)
