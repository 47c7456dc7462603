import { type Command, UsageError } from '../../packages/command-line/src/index.ts'
import { runCommand } from './command.ts'

/**
 * Runs a script that passes its arguments on to vitest. With `--help` it only prints the help. It reports an unknown option
 * or an error in one line, with exit code 1.
 */
export const runVitestCommand = async (
  { command, help }: Command,
  run: (args: readonly string[]) => Promise<void>,
): Promise<void> => {
  const args = process.argv.slice(2)
  if (args.includes('--help')) return console.log(help)
  try {
    await checkOptions(command, args)
    await run(args)
  } catch (error) {
    console.error(`${command}: ${error instanceof Error ? error.message : error}`)
    process.exitCode = 1
  }
}

/** @throws {UsageError} for an option that vitest rejects. */
const checkOptions = async (command: string, args: readonly string[]): Promise<void> => {
  if (!args.some((arg) => arg.startsWith('-'))) return
  const { output } = await runCommand(['vitest', 'list', '--filesOnly', ...args])
  const [, option] = /Unknown option `(.+?)`/.exec(output) ?? []
  if (option !== undefined) throw new UsageError(`Unknown option '${option}'. See: ${command} -- --help`)
}
