import { defineConfig } from 'vitest/config'

// Images belong to a project of Compose, so all tests run as the same one, one file after the other.
process.env['COMPOSE_PROJECT_NAME'] = `quadrille-test-${process.pid}`

/** Apart from `npm test`, as they need Docker. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/**/*.compose.test.ts'],
    globalSetup: ['test/images.ts'],
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
})
