import { defineConfig } from 'vitest/config'

/** Apart from `npm test`, as they need Prometheus. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/**/*.observability.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 180_000,
  },
})
