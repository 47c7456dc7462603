/** `npm run chaos`: injects faults under load, and audits the result. */
import { printCounts, UsageError } from '@quadrille/command-line'
import { help, readOptions } from './options.ts'
import { runChaos } from './run.ts'

const interrupted = new AbortController()
let interruptedAtMs = Number.POSITIVE_INFINITY
/**
 * Ctrl-C may arrive twice at once, from the terminal and from the parent process. A later second one exits at once,
 * without cleaning up.
 */
const interrupt = () => {
  if (performance.now() > interruptedAtMs + 1_000) process.exit(1)
  interruptedAtMs = Math.min(interruptedAtMs, performance.now())
  interrupted.abort()
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt)

try {
  const options = readOptions(process.argv.slice(2))
  if (options === null) {
    console.log(help)
  } else {
    process.exitCode = printCounts(await runChaos(options, { print: console.log, signal: interrupted.signal }))
  }
} catch (error) {
  const endedEarly = interrupted.signal.aborted && error instanceof Error && error.name === 'AbortError'
  // another error of a long run is shown with its stack
  const shown = error instanceof UsageError ? `chaos: ${error.message}` : error
  console.error(endedEarly ? 'Ended early; everything has been stopped.' : shown)
  process.exitCode = 1
}
