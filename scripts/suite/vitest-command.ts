import { type Command, type Counts, printCounts, runMain, UsageError } from '../../packages/command-line/src/index.ts'
import { runProgram } from './program.ts'

interface VitestCommand extends Command {
  /** An option of the script with a value. vitest does not get it. */
  readonly ownOption?: string
}

/**
 * Runs a script that passes its arguments on to vitest, and prints the counts that it resolves to. With `--help` it only prints
 * the help. It reports an unknown option or an error in one line, with exit code 1.
 */
export const runVitestCommand = (
  { command, help, ownOption }: VitestCommand,
  run: (args: readonly string[], ownValue: string | undefined) => Promise<Counts>,
): Promise<void> =>
  runMain(command, async () => {
    const given = process.argv.slice(2)
    const own = ownOption === undefined ? -1 : given.indexOf(ownOption)
    const args = own < 0 ? given : given.toSpliced(own, 2)
    if (args.includes('--help')) {
      console.log(help)
      return 0
    }
    await checkOptions(command, args)
    return printCounts(await run(args, own < 0 ? undefined : (given[own + 1] ?? '')))
  })

/** Says why nothing runs. */
export const runNothing = (why: string): Counts => {
  console.log(why)
  return { passed: 0, failed: 0 }
}

/** @throws {UsageError} for an option that vitest rejects. */
const checkOptions = async (command: string, args: readonly string[]): Promise<void> => {
  if (!args.some((arg) => arg.startsWith('-'))) return
  const { output } = await runProgram(['vitest', 'list', '--filesOnly', ...args])
  const [, option] = /Unknown option `(.+?)`/.exec(output) ?? []
  if (option !== undefined) throw new UsageError(`Unknown option '${option}'. See: ${command} -- --help`)
}
