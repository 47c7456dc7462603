import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const named = (kind: string): string[] => [
  `{packages,services,tools,examples}/*/test/**/*.${kind}.test.ts`,
  `{local,scripts,deploy}/test/**/*.${kind}.test.ts`,
  `system-tests/**/*.${kind}.test.ts`,
]

/** One Postgres and one RabbitMQ for all projects of a run. */
const servers = ['packages/testing/src/vitest-setup.ts']

/** They begin first, so that none is left over at the end: vitest knows how long a file takes only where it has run before. */
const longest = ['/start.int.', '/histories.unit.', '/short.e2e.']

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification) => longest.some((name) => moduleId.includes(name))
    const sorted = await super.sort(files)
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig({
  test: {
    maxWorkers: 3, // most tests wait for Postgres, RabbitMQ or a process
    isolate: false, // nothing of ours is global, and what each test uses is its own
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { name: 'unit', include: named('unit'), testTimeout: 30_000 } },
      {
        test: {
          name: 'int',
          include: named('int'),
          globalSetup: servers,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: named('e2e'),
          globalSetup: servers,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          maxWorkers: 2, // more keep orders waiting until they expire
          sequence: { groupOrder: 1 }, // after all others: it looks at whole systems under load
        },
      },
    ],
  },
})
