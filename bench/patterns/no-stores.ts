import type { Stores } from '@quadrille/messaging'

/** Stores for services in which no message fails. */
export const noStores: Stores = {
  database: 'benchmark',
  retries: {
    add: async () => undefined,
    take: async () => [],
    remove: async () => undefined,
    countDue: async () => 0,
    nextDueMs: async () => null,
    release: async () => undefined,
    countCrashes: async () => undefined,
  },
  deadLetters: {
    add: async () => {
      throw new Error('A message became a dead letter.')
    },
  },
  redactText: (text) => text,
}
