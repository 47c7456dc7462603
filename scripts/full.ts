/** `npm run test:full`: the tests that `npm test` runs in a smaller size, or not at all, in full. */
import { filesWithFullSize } from './suite/full-size.ts'
import { runTests } from './suite/tests.ts'
import { runVitestCommand } from './suite/vitest-command.ts'

const help = `Usage: npm run test:full [-- FILTER… | VITEST OPTIONS…]

Runs the tests that have a full size: floods, crowds and histories, which npm test runs in a smaller size, and the tests that
take long, which it doesn't run. With a filter, only tests in files whose path contains it.

The last line says how many tests passed and failed.`

const run = async (args: readonly string[]): Promise<void> => {
  const { passed, failed } = await runTests(args.length > 0 ? args : await filesWithFullSize(), { TEST_SIZE: 'full' })
  if (failed > 0) process.exitCode = 1
  console.log(`${passed} passed, ${failed} failed`)
}

await runVitestCommand({ command: 'npm run test:full', help }, run)
