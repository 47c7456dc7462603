import { defineConfig } from 'vitest/config'

// Images belong to a Compose project, so all tests use the same project, one file after the other.
process.env['COMPOSE_PROJECT_NAME'] = `quadrille-test-${process.pid}`

/** These tests are not part of `npm test`, because they need Docker. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/**/*.compose.test.ts'],
    globalSetup: ['test/images.ts'],
    fileParallelism: false,
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
})
