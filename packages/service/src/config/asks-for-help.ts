/**
 * Whether this process was started with `--help`, its only argument.
 * @throws for another one: a mistyped or missing flag must not start it.
 */
export const asksForHelp = (): boolean => {
  const args = process.argv.slice(2)
  const unknown = args.find((arg) => arg !== '--help')
  if (unknown !== undefined) throw new Error(`Unknown argument '${unknown}'. See --help.`)
  return args.length > 0
}
