import { defineConfig } from 'vitest/config'

/** Apart from `npm test`, as they need Docker. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['test/**/*.compose.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
})
