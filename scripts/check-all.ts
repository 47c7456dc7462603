/** `npm run check:all`: runs all checks in full. They take hours, so a run can be interrupted and resumed. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { printCounts, readFlags, runMain } from '../packages/command-line/src/index.ts'
import { cleanCommit, type RunRecord, readRecord, type StepResult, writeRecord } from './check-all/record.ts'
import { runStep } from './check-all/run-step.ts'
import { stepsOf } from './check-all/steps.ts'
import { hasPassed, markOf } from './check-all/verdict.ts'

const help = `Usage: npm run check:all [-- --only TEXT] [--again]

Runs all checks in full, in steps: the suite, its tests in full size, RabbitMQ 4, Compose, observability, packages, known
vulnerabilities, all planted bugs, 22 minutes of faults, a million fuzzed requests, overload. A step that has passed for this
commit is not run again, so the same command resumes an interrupted run. With uncommitted changes nothing runs. A step that ran
nothing, such as Compose without Docker, is marked – and runs again next time. The output of each step is in .checks/<commit>/.
The last line has the totals.

  --only    runs only the steps whose names contain TEXT
  --again   also runs the steps that have passed before`

const root = fileURLToPath(new URL('../.checks', import.meta.url))

const lineOf = (name: string, { passed, failed, seconds }: StepResult): string =>
  `${markOf({ passed, failed })} ${name}: ${passed} passed, ${failed} failed (${seconds} s)`

/** Resolves to the exit code. */
const main = async (args: readonly string[]): Promise<number> => {
  const { values } = readFlags('npm run check:all', {
    args: [...args],
    options: {
      only: { type: 'string', default: '' },
      again: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(help)
    return 0
  }
  const folder = join(root, await cleanCommit())
  await mkdir(folder, { recursive: true })
  let record: RunRecord = await readRecord(folder)
  const steps = stepsOf(record.seed).filter(({ name }) => name.includes(values.only))
  if (steps.length === 0) throw new Error(`No step has a name that contains "${values.only}".`)
  console.log(`${steps.length} steps, seed ${record.seed}, logs in ${folder}`)
  for (const step of steps) {
    const earlier = record.results[step.name]
    const result = earlier && hasPassed(earlier) && !values.again ? earlier : await runStep(step, folder)
    record = { ...record, results: { ...record.results, [step.name]: result } }
    await writeRecord(folder, record)
    console.log(`${lineOf(step.name, result)}${result === earlier ? ', from an earlier run' : ''}`)
  }
  const results = steps.flatMap(({ name }) => record.results[name] ?? [])
  const sum = (of: (result: StepResult) => number) => results.reduce((total, result) => total + of(result), 0)
  return printCounts({ passed: sum(({ passed }) => passed), failed: sum(({ failed }) => failed) })
}

await runMain('check:all', () => main(process.argv.slice(2)), { errorCode: 2 })
