/** The command line of a script: its flags, its help, and one line for an error. */
import { inspect, type ParseArgsConfig, parseArgs } from 'node:util'
import { interruption } from './interruption.ts'

export { interruption } from './interruption.ts'

/** Thrown for invalid arguments. The message is one line with the error, and how to get help. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * The flags and arguments of a command such as `npm run audit`, parsed by Node's `parseArgs`.
 * @throws {UsageError} for unknown arguments.
 */
export const readFlags = <const Config extends ParseArgsConfig>(
  command: string,
  config: Config,
): ReturnType<typeof parseArgs<Config>> => {
  try {
    return parseArgs(config)
  } catch (error) {
    const [reason = ''] = String(error instanceof Error ? error.message : error).split(/\.(?:\s|$)/)
    throw new UsageError(`${reason}. See: ${command} -- --help`, { cause: error })
  }
}

export interface Command {
  /** As typed, such as `npm run audit`. */
  readonly command: string
  readonly help: string
}

/** May return its exit code. */
type Main = () => Promise<number> | Promise<void> | number | void

/** Runs the main function of a script. Prints an error in one line that begins with `name`, and then exits with `errorCode`. */
export const runMain = async (name: string, main: Main, { errorCode = 1 } = {}): Promise<void> => {
  try {
    const code = await main()
    if (code) process.exitCode = code // 0 keeps the code that a signal has set
  } catch (error) {
    process.stderr.write(`${name}: ${messageOf(error)}\n`)
    process.exitCode = errorCode
  }
}

/**
 * Runs the main function of a script that runs for long, which resolves to its exit code. An interruption aborts its signal: it must stop what it has started. An
 * error is shown with its stack, except that of invalid arguments.
 */
export const runLong = async (name: string, main: (signal: AbortSignal) => Promise<number>): Promise<void> => {
  const signal = interruption()
  try {
    process.exitCode = await main(signal)
  } catch (error) {
    const endedEarly = signal.aborted && error instanceof Error && error.name === 'AbortError'
    const shown = error instanceof UsageError ? `${name}: ${error.message}` : inspect(error)
    process.stderr.write(`${endedEarly ? 'Ended early; everything has been stopped.' : shown}\n`)
    process.exitCode = 1
  }
}

/** Of a disposal that failed after an error, this is the message of the first error. */
const messageOf = (error: unknown): string => {
  if (error instanceof SuppressedError) return messageOf(error.suppressed)
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join(', ')
  return error instanceof Error ? error.message : String(error)
}

/** The results of a run. */
export interface Counts {
  readonly passed: number
  readonly failed: number
}

/** Prints the last line of a run of checks, from which `npm run check:all` and CI read the counts. Returns the exit code. */
export const printCounts = ({ passed, failed }: Counts): number => {
  process.stdout.write(`${passed} passed, ${failed} failed\n`)
  return failed > 0 ? 1 : 0
}

/** Runs a script whose only flag is `--help`. Reports an error as `runMain` does. */
export const runCommand = ({ command, help }: Command, run: Main): Promise<void> =>
  runMain(command.split(' ').at(-1) ?? command, () => {
    const { values } = readFlags(command, { options: { help: { type: 'boolean', default: false } } })
    if (!values.help) return run()
    process.stdout.write(`${help}\n`)
  })
