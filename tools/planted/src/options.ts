import { readFlags } from '@quadrille/command-line'
import type { PlantedBug } from './bug.ts'

export const help = `Usage: npm run planted [-- --only TEXT | --part I/N]

Copies the code, and runs the checks that must detect the bugs. All must pass. Then plants one bug at a time in the copy, and
runs its check again. A bug is caught if its test fails with the expected message. It is missed if the test passes, or fails
with another message. The last line shows how many bugs were caught ("passed") and missed ("failed").

  --only   plants the bugs whose names contain this text, in upper or lower case
  --part   plants one of N equal parts of the bugs, such as 2/4
  --help   prints this help`

export interface Choice {
  readonly bugs: readonly PlantedBug[]
  /** The flags that chose them; null for all. */
  readonly by: string | null
}

/**
 * The bugs to plant; null for --help.
 * @throws an error that names the invalid flag, or lists the existing names.
 */
export const chosenBugs = (args: readonly string[], bugs: readonly PlantedBug[]): Choice | null => {
  const { values } = readFlags('npm run planted', {
    args: [...args],
    options: {
      only: { type: 'string' },
      part: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { only, part } = values
  if (values.help) return null
  if (only !== undefined && part !== undefined)
    throw new Error('--only and --part exclude each other. See: npm run planted -- --help')
  if (only !== undefined) return { bugs: named(only, bugs), by: `--only ${only}` }
  if (part !== undefined) return { bugs: partOf(part, bugs), by: `--part ${part}` }
  return { bugs, by: null }
}

const named = (only: string, bugs: readonly PlantedBug[]): PlantedBug[] => {
  const chosen = bugs.filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()))
  if (chosen.length > 0) return chosen
  const names = bugs.map(({ name }) => `  ${name}`).join('\n')
  throw new Error(`No bug has a name with “${only}”. The names are:\n${names}`)
}

const partOf = (text: string, bugs: readonly PlantedBug[]): PlantedBug[] => {
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
  if (!part || !parts || part > parts) throw new Error(`--part must have the form I/N, such as 2/4, not "${text}".`)
  return bugs.filter((_, index) => index % parts === part - 1)
}
