/** The command line of a script: its flags, its help, and one line where something is wrong. */
import { type ParseArgsConfig, parseArgs } from 'node:util'

/** Thrown for arguments that a script doesn't take: one line that says what is wrong, and where the help is. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/**
 * The flags and arguments of a command such as `npm run audit`, as `parseArgs` of Node reads them.
 * @throws {UsageError} for what the command doesn't take.
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
  /** As one types it, such as `npm run dashboards`. */
  readonly command: string
  readonly help: string
}

/**
 * Runs a script that takes no flags but `--help`. What it throws is printed as one line, and the exit code is 1 then.
 */
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
