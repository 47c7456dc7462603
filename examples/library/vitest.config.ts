import { defineConfig } from 'vitest/config'

/** For a copy of the example that stands alone. One Postgres and one RabbitMQ serve all tests. */
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['@quadrille/testing/vitest-setup'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
