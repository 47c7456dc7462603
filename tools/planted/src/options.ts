import { readFlags } from '@quadrille/command-line'
import { seeded } from '@quadrille/testing'
import type { PlantedBug } from './bug.ts'

export const help = `Usage: npm run planted [-- --only TEXT | --some N --seed S | --part I/N]

Copies the code, and runs the checks that must detect the bugs. All must pass. Then plants one bug at a time in the copy, and
runs its check again. A bug is caught if its test fails with the expected message. It is missed if the test passes, or fails
with another message. The last line shows how many bugs were caught ("passed") and missed ("failed").

  --only   plants the bugs whose names contain this text, in upper or lower case
  --some   plants this number of bugs, which the seed selects; default: all
  --seed   a whole number; the same seed selects the same bugs; default: a random one, which is printed
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
      some: { type: 'string' },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
      part: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  })
  const { only, some, seed, part } = values
  if (values.help) return null
  if ([only, some, part].filter((choice) => choice !== undefined).length > 1)
    throw new Error('--only, --some and --part exclude each other. See: npm run planted -- --help')
  if (only !== undefined) return { bugs: named(only, bugs), by: `--only ${only}` }
  if (some !== undefined)
    return { bugs: drawn(whole(['--some', some]), whole(['--seed', seed]), bugs), by: `--some ${some} --seed ${seed}` }
  if (part !== undefined) return { bugs: partOf(part, bugs), by: `--part ${part}` }
  return { bugs, by: null }
}

const named = (only: string, bugs: readonly PlantedBug[]): PlantedBug[] => {
  const chosen = bugs.filter(({ name }) => name.toLowerCase().includes(only.toLowerCase()))
  if (chosen.length > 0) return chosen
  const names = bugs.map(({ name }) => `  ${name}`).join('\n')
  throw new Error(`No bug has a name with “${only}”. The names are:\n${names}`)
}

const drawn = (count: number, seed: number, bugs: readonly PlantedBug[]): PlantedBug[] => {
  const random = seeded(seed)
  const left = [...bugs]
  return Array.from({ length: Math.min(count, bugs.length) }, () => left.splice(random.below(left.length), 1)).flat()
}

const partOf = (text: string, bugs: readonly PlantedBug[]): PlantedBug[] => {
  const [, part, parts] = /^(\d+)\/(\d+)$/.exec(text)?.map(Number) ?? []
  if (!part || !parts || part > parts) throw new Error(`--part must have the form I/N, such as 2/4, not "${text}".`)
  return bugs.filter((_, index) => index % parts === part - 1)
}

const whole = ([name, text]: readonly [string, string]): number => {
  if (/^\d{1,9}$/.test(text)) return Number(text)
  throw new Error(`${name} must be a whole number below 10^9, not "${text}".`)
}
