/** `npm run fuzz`: sends hostile requests to a shop, and checks that they do no harm. */
import { printCounts, UsageError } from '@quadrille/command-line'
import { help, readOptions } from './options.ts'
import { runFuzz } from './run.ts'

// the shop is stopped when this process exits
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130))

try {
  const options = readOptions(process.argv.slice(2))
  if (options === null) {
    console.log(help)
  } else {
    process.exitCode = printCounts(await runFuzz(options, console.log))
  }
} catch (error) {
  // another error of a long run is shown with its stack
  console.error(error instanceof UsageError ? `fuzz: ${error.message}` : error)
  process.exitCode = 1
}
