import { defineConfig } from 'vitest/config'

/** These tests are not part of `npm test`, because they need Prometheus. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/**/*.observability.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
