import { defineConfig } from 'vitest/config'

/** Apart from `npm test`, as they install from the npm registry. */
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['packages/*.packages.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 600_000,
  },
})
