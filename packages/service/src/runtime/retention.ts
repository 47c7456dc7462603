/** What need not be remembered any longer is forgotten, in steps that are small enough to hold up nobody. */
import { setImmediate as breathe } from 'node:timers/promises'
import { purgeInbox } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'
import { purgeDeadLetters } from '../dead-letters/table/retention.ts'
import type { CommonConfig } from './config.ts'
import type { Job } from './define.ts'

/** Rows that one statement deletes at most. */
const stepSize = 1_000

/**
 * A job that forgets what is old enough, once a minute. `forget` deletes up to so many rows, and resolves to how many; it is
 * called until there are no more.
 */
export const retentionJob = (what: string, forget: (limit: number) => Promise<number>): Job => ({
  name: `forget ${what}`,
  everyMs: 60_000,
  run: async () => {
    while ((await forget(stepSize)) === stepSize) await breathe()
  },
})

/** For the tables that every service has. What waits to be sent is never forgotten, nor a dead letter before it is settled. */
export const retentionJobs = (sql: Sql, { INBOX_TTL, DEAD_LETTER_TTL }: CommonConfig): Job[] => [
  retentionJob('what was handled', (limit) => purgeInbox(sql, { olderThanMs: INBOX_TTL, limit })),
  retentionJob('settled dead letters', (limit) => purgeDeadLetters(sql, { olderThanMs: DEAD_LETTER_TTL, limit })),
]
