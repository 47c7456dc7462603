/** `npm run planted`: breaks a copy of the code in ways that such systems have been broken, and sees whether our tests notice. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PlantedBug } from './planted/bug.ts'
import { plantedBugs } from './planted/bugs.ts'
import { type Copy, copyRepository } from './planted/copy.ts'
import { runCommand } from './suite/command.ts'

const help = `Usage: npm run planted [-- PART OF A NAME]

Plants bugs in a copy of the code, one at a time, and runs the cheapest check that must notice each: it is caught where a
test fails, and missed where all pass. The last line says how many were caught ("passed") and missed ("failed").`

interface Report {
  readonly numFailedTests: number
  readonly testResults: readonly { readonly assertionResults: readonly { status: string; fullName: string }[] }[]
}

/** The first test that fails of those that the bug is for; undefined where none does. */
const noticedBy = async ({ check }: PlantedBug, { directory }: Copy): Promise<string | undefined> => {
  const reports = await mkdtemp(join(tmpdir(), 'quadrille-planted-report-'))
  try {
    const file = join(reports, 'report.json')
    const only = check.test === undefined ? [] : ['-t', check.test]
    const vitest = ['vitest', 'run', '--root', directory, '--project', check.project, '--bail', '1']
    await runCommand([...vitest, '--reporter=json', `--outputFile=${file}`, check.file, ...only])
    const { testResults }: Report = JSON.parse(await readFile(file, 'utf8'))
    const failed = testResults.flatMap(({ assertionResults }) => assertionResults)
    return failed.find(({ status }) => status === 'failed')?.fullName
  } finally {
    await rm(reports, { recursive: true })
  }
}

const main = async ([filter = '']: readonly string[]): Promise<void> => {
  if (filter === '--help') return console.log(help)
  const bugs = plantedBugs.filter(({ name }) => name.includes(filter))
  const copy = await copyRepository()
  let caught = 0
  try {
    for (const bug of bugs) {
      const test = await copy.broken(bug.edits, () => noticedBy(bug, copy))
      if (test !== undefined) caught += 1
      console.log(test === undefined ? `✗ missed: ${bug.name}` : `✓ caught: ${bug.name}\n           by “${test}”`)
    }
  } finally {
    await copy.remove()
  }
  const missed = bugs.length - caught
  if (missed > 0 || caught === 0) process.exitCode = 1
  console.log(`${caught} passed, ${missed} failed`)
}

await main(process.argv.slice(2))
