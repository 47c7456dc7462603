/** Deletes expired rows in steps that are small enough not to block other statements. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises'
import { purgeInbox } from '@quadrille/outbox'
import type { Sql } from '@quadrille/postgres'
import { purgeAttempts } from '../attempts/attempt-table.ts'
import { purgeDeadLetters } from '../dead-letters/table/settling.ts'
import type { CommonConfig } from './config.ts'
import type { Job } from './define.ts'

/** The approximate number of rows of one statement. */
const stepSize = 1_000

/**
 * A job that deletes expired rows once a minute. `deleteUpTo` deletes about `limit` rows. It resolves to `limit` if
 * more may be left, otherwise to a smaller number, and is called until then or until the service stops.
 */
export const retentionJob = (what: string, deleteUpTo: (limit: number) => Promise<number>): Job => ({
  name: `delete expired ${what}`,
  everyMs: 60_000,
  run: async (signal) => {
    while (!signal.aborted && (await deleteUpTo(stepSize)) === stepSize) await yieldToEventLoop()
  },
})

/** For the tables of every service. Unsent messages and parked dead letters are never deleted. */
export const retentionJobs = (sql: Sql, { INBOX_TTL, DEAD_LETTER_TTL }: CommonConfig): Job[] => [
  retentionJob('inbox rows', (limit) => purgeInbox(sql, { olderThanMs: INBOX_TTL, limit })),
  retentionJob('settled dead letters', (limit) => purgeDeadLetters(sql, { olderThanMs: DEAD_LETTER_TTL, limit })),
  retentionJob('failed attempts', (limit) => purgeAttempts(sql, { olderThanMs: DEAD_LETTER_TTL, limit })),
]
