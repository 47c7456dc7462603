import { defineConfig } from 'vitest/config'

const named = (kind: string): string[] => [
  `{packages,services,examples}/*/test/**/*.${kind}.test.ts`,
  `{local,scripts,bench,chaos,deploy}/test/**/*.${kind}.test.ts`,
]

/** One Postgres and one RabbitMQ for all projects of a run. */
const servers = ['packages/testing/src/vitest-setup.ts']

export default defineConfig({
  test: {
    maxWorkers: 3, // most tests wait for Postgres, RabbitMQ or a process
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
          fileParallelism: false,
          sequence: { groupOrder: 1 }, // after all others: it times what it sees
        },
      },
    ],
  },
})
