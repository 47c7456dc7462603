/** The command line of a script: its flags, its help, and one line for an error. */
import { type ParseArgsConfig, parseArgs } from 'node:util'

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

/** Runs a script whose only flag is `--help`. Prints an error in one line, and then exits with 1. */
export const runCommand = async ({ command, help }: Command, run: () => Promise<void> | void): Promise<void> => {
  try {
    const { values } = readFlags(command, { options: { help: { type: 'boolean', default: false } } })
    if (values.help) process.stdout.write(`${help}\n`)
    else await run()
  } catch (error) {
    process.stderr.write(`${command.split(' ').at(-1)}: ${error instanceof Error ? error.message : error}\n`)
    process.exitCode = 1
  }
}
