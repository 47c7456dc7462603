/** `npm run planted`: plants typical bugs in a copy of the code, and checks that the tests detect them. */
import { startRabbitMq, startTestPostgres } from '@quadrille/testing'
import type { PlantedBug } from './bug.ts'
import { plantedBugs } from './bugs.ts'
import { copyRepository } from './copy.ts'
import { type Choice, chosenBugs, help } from './options.ts'
import { faultOf, verdictOn } from './verdict.ts'
import { listTests, type Place, runChecks } from './vitest.ts'

const seconds = (since: number): string => `${((performance.now() - since) / 1_000).toFixed(1)} s`

/** A test that was renamed would only be missed when its bug is planted, so the tests of all bugs are looked up each time. */
const testsExist = async (directory: string): Promise<boolean> => {
  const checks = plantedBugs.map(({ check }) => check)
  const tests = await listTests(directory, checks)
  const missing = checks.filter(
    ({ file, test }) => !tests.some((each) => each.file === file && each.name.includes(test)),
  )
  for (const { file, test } of missing) console.log(`✗ ${file} has no test “${test}”`)
  return missing.length === 0
}

/** A check that fails without a bug would seem to detect it. */
const checksPass = async (bugs: readonly PlantedBug[], place: Place): Promise<boolean> => {
  const began = performance.now()
  const checks = bugs.map(({ check }) => check)
  const results = await runChecks(place, checks)
  const faults = new Set(checks.flatMap((check) => faultOf(check, results) ?? []))
  for (const fault of faults) console.log(`✗ without a bug: ${fault}`)
  if (faults.size === 0) console.log(`✓ without a bug all checks pass (${seconds(began)})`)
  return faults.size === 0
}

/** One Postgres and one RabbitMQ for all runs of vitest, because otherwise each run would start its own. */
const startServers = async () => {
  const [postgres, rabbitmq] = await Promise.all([startTestPostgres(), startRabbitMq()])
  const variables = { TEST_DATABASE_URL: postgres.url, AMQP_URL: rabbitmq.url }
  return {
    variables,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([postgres.stop(), rabbitmq.stop()])
    },
  }
}

const plant = async ({ bugs, by }: Choice): Promise<void> => {
  const startedAt = performance.now()
  if (by !== null) console.log(`${bugs.length} of ${plantedBugs.length} bugs, by ${by}`)
  await using copy = await copyRepository()
  await using servers = await startServers()
  const place = { directory: copy.directory, servers: servers.variables }
  if (!(await testsExist(copy.directory)) || !(await checksPass(bugs, place))) {
    process.exitCode = 1
    return console.log('No bug was planted: all tests must exist, and the checks must pass first.')
  }
  let caught = 0
  for (const { name, edits, check } of bugs) {
    const began = performance.now()
    const verdict = verdictOn(check, await copy.broken(edits, () => runChecks(place, [check])))
    console.log(`${verdict.caught ? '✓ caught' : '✗ missed'}: ${name} (${seconds(began)})\n           ${verdict.why}`)
    if (verdict.caught) caught += 1
  }
  if (caught < bugs.length) process.exitCode = 1
  console.log(`In ${seconds(startedAt)}:\n${caught} passed, ${bugs.length - caught} failed`)
}

try {
  const choice = chosenBugs(process.argv.slice(2), plantedBugs)
  if (choice === null) console.log(help)
  else await plant(choice)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}
