import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'
import { patienceMs } from './packages/testing/src/patience.ts'
import { sized, testSize } from './packages/testing/src/test-size.ts'

const named = (kind: string): string[] => [
  `{packages,services,tools,examples}/*/test/**/*.${kind}.test.ts`,
  `{local,console,scripts,deploy,bench}/test/**/*.${kind}.test.ts`,
  `system-tests/**/*.${kind}.test.ts`,
]

/** One Postgres and one RabbitMQ for all projects of a run. */
const servers = ['packages/testing/src/vitest-setup.ts']

/** They begin first, so that none is left over at the end: vitest knows how long a file takes only where it has run before. */
const longest = [
  ...['/console.e2e.', '/docs.e2e.', '/audit.e2e.', '/killed-under-load.e2e.'],
  ...['/expiry-outage.int.', '/common-fault.int.', '/amqp.int.', '/amqp-outage.int.', '/environment.int.'],
  ...['/live.int.', '/dead-letters.int.', '/giving-up.int.', '/attempts.int.', '/expiry-pause.int.'],
  ...['/readme.int.', '/poison-messages.int.', '/migrate.int.', '/start.int.', '/embedded.int.'],
  ...['/outage.int.', '/stopped-in-an-outage.int.', '/dry-run.int.', '/relay.int.', '/takeover.int.'],
  ...['/stuck.int.', '/overtaken.int.', '/unhandled.int.'],
  ...['/run.unit.', '/secrets.unit.', '/histories.unit.', '/planted.unit.', '/states.unit.'],
  ...['/round-trip.unit.', '/slow-clients.unit.'],
]

/** One project after the other, because a worker restarts to change projects. In each project the longest files run first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const index = longest.findIndex((name) => moduleId.includes(name))
      return index === -1 ? longest.length : index
    }
    const inOrder = (await super.sort(files)).toSorted((one, other) => place(one) - place(other))
    return projects.flatMap(({ test: { name } }) => inOrder.filter(({ project }) => project.name === name))
  }
}

/** A slow machine needs much longer than a fast one, so the limit only ends a test that has failed. */
const timeout = sized({ quick: 300_000, full: 600_000 })
const patient = { expect: { poll: { timeout: patienceMs() } }, testTimeout: timeout, hookTimeout: timeout }

const unit = { test: { ...patient, name: 'unit', include: named('unit') } }
const int = { test: { ...patient, name: 'int', include: named('int'), globalSetup: servers } }
const e2e = {
  test: {
    ...int.test,
    name: 'e2e',
    include: named('e2e'),
    maxWorkers: 4, // more keep orders waiting until they expire
    sequence: { groupOrder: 1 }, // after all others: it looks at whole systems under load
  },
}
/** Tests that take too long for `npm test`: longer runs, and tests that start a RabbitMQ or many processes. */
const long = { test: { ...e2e.test, name: 'long', include: named('long'), sequence: { groupOrder: 2 } } }

const projects = testSize() === 'full' ? [int, unit, e2e, long] : [int, unit, e2e]

export default defineConfig({
  test: {
    maxWorkers: 7, // most tests wait for Postgres, RabbitMQ or a process
    isolate: false, // what each test uses is its own
    sequence: { sequencer: LongestFirst },
    projects,
  },
})
