/** `npm run planted`: plants typical bugs in a copy of the code, and checks that the tests detect them. */
import { printCounts, runMain } from '@quadrille/command-line'
import { startRabbitMq, startTestPostgres } from '@quadrille/testing'
import type { PlantedBug } from './bug.ts'
import { plantedBugs } from './bugs.ts'
import { copyRepository } from './copy.ts'
import { type Choice, chosenBugs, help } from './options.ts'
import { faultOf, verdictOn } from './verdict.ts'
import { listTests, runChecks, type TestEnvironment } from './vitest.ts'

const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(1)} s`

/** Checks that the tests of all bugs exist, even if only some are planted, so that a renamed test is noticed early. */
const testsExist = async (directory: string): Promise<boolean> => {
  const tests = await listTests(directory, plantedBugs)
  const missing = plantedBugs.filter(
    ({ file, test }) => !tests.some((each) => each.file === file && each.name.includes(test)),
  )
  for (const { file, test } of missing) console.log(`✗ ${file} has no test “${test}”`)
  return missing.length === 0
}

/** Runs the checks without a bug. A check that fails without its bug does not prove that it detects the bug. */
const checksPass = async (bugs: readonly PlantedBug[], environment: TestEnvironment): Promise<boolean> => {
  const began = performance.now()
  const results = await runChecks(environment, bugs)
  const faults = new Set(bugs.flatMap((bug) => faultOf(bug, results) ?? []))
  for (const fault of faults) console.log(`✗ fails without a bug: ${fault}`)
  if (faults.size === 0) console.log(`✓ all checks pass without a bug (${seconds(began)})`)
  return faults.size === 0
}

/** One Postgres and one RabbitMQ for all runs of vitest, because otherwise each run would start its own. */
const startServers = async (resources: AsyncDisposableStack): Promise<TestEnvironment['servers']> => {
  const postgres = await startTestPostgres()
  resources.defer(() => postgres.stop())
  const rabbitmq = await startRabbitMq()
  resources.defer(() => rabbitmq.stop())
  return { TEST_DATABASE_URL: postgres.url, AMQP_URL: rabbitmq.url }
}

/** Resolves to the exit code. */
const plant = async ({ bugs, by }: Choice): Promise<number> => {
  const startedAt = performance.now()
  if (by !== null) console.log(`${bugs.length} of ${plantedBugs.length} bugs, by ${by}`)
  await using copy = await copyRepository()
  await using resources = new AsyncDisposableStack() // if a server can't be started, the started one is stopped
  const environment = { directory: copy.directory, servers: await startServers(resources) }
  if (!(await testsExist(copy.directory)) || !(await checksPass(bugs, environment))) {
    console.log('No bug was planted: all tests must exist, and the checks must pass first.')
    return 1
  }
  let caught = 0
  for (const bug of bugs) {
    const began = performance.now()
    const verdict = verdictOn(bug, await copy.withEdits(bug.edits, () => runChecks(environment, [bug])))
    console.log(
      `${verdict.caught ? '✓ caught' : '✗ missed'}: ${bug.name} (${seconds(began)})\n           ${verdict.why}`,
    )
    if (verdict.caught) caught += 1
  }
  console.log(`In ${seconds(startedAt)}:`)
  return printCounts({ passed: caught, failed: bugs.length - caught })
}

await runMain('planted', () => {
  const choice = chosenBugs(process.argv.slice(2), plantedBugs)
  return choice === null ? console.log(help) : plant(choice)
})
