/** `npm run fuzz`: sends hostile requests to a shop, and checks that they do no harm. */
import { UsageError } from '@quadrille/command-line'
import { help, readOptions } from './options.ts'
import { runFuzz } from './run.ts'

try {
  const options = readOptions(process.argv.slice(2))
  if (options === null) {
    console.log(help)
  } else {
    const { passed, failed } = await runFuzz(options, console.log)
    console.log(`${passed} passed, ${failed} failed`)
    if (failed > 0) process.exitCode = 1
  }
} catch (error) {
  console.error(error instanceof UsageError ? `fuzz: ${error.message}` : error)
  process.exitCode = 1
}
