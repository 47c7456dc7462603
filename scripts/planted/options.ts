import { parseArgs } from 'node:util'
import type { PlantedBug } from './bug.ts'

export const help = `Usage: npm run planted [-- --only TEXT]

Runs the checks that must notice the bugs, once, on a copy of the code; all must pass. Then plants the bugs in that copy, one
at a time, and runs the check of each again. A bug is caught where the test that is named for it fails in the way that is
named for it, and missed where it passes or fails in another way. The last line says how many were caught ("passed") and
missed ("failed").

  --only   just the bugs with this text in their names, in upper or lower case`

/**
 * The bugs to plant; null where only the help is wanted.
 * @throws one line that says what is wrong, and the names that there are.
 */
export const chosenBugs = (args: readonly string[], bugs: readonly PlantedBug[]): readonly PlantedBug[] | null => {
  const { values } = parseArgs({
    args: [...args],
    options: { only: { type: 'string', default: '' }, help: { type: 'boolean', default: false } },
  })
  if (values.help) return null
  const text = values.only.toLowerCase()
  const chosen = bugs.filter(({ name }) => name.toLowerCase().includes(text))
  if (chosen.length > 0) return chosen
  const names = bugs.map(({ name }) => `  ${name}`).join('\n')
  throw new Error(`No planted bug has “${values.only}” in its name. There are:\n${names}`)
}
