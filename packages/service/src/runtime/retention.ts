/** Deletes expired rows in steps that are small enough not to block other statements. */
import { setImmediate as yieldToEventLoop } from 'node:timers/promises'
import { purgeInbox } from '@quadrille/outbox'
import type { DatabaseClock } from '@quadrille/postgres'
import { purgeAttempts } from '../attempts/attempt-table.ts'
import { purgeDeadLetters } from '../dead-letters/table/settling.ts'
import type { CommonConfig } from './config.ts'
import type { Job } from './define.ts'
import type { Storage } from './storage.ts'

/** The approximate number of rows of one statement. */
const stepSize = 1_000

/**
 * A job that deletes expired rows once a minute. `deleteUpTo` deletes about `limit` rows. It resolves to `limit` if
 * more may be left, otherwise to a smaller number, and is called until then or until the service stops. After the clock of the
 * database has gone ahead, nothing is deleted for an hour: a clock that is a day ahead for a minute would delete the keys by which
 * repeated requests are recognized.
 */
export const retentionJob = (
  what: string,
  clock: Pick<DatabaseClock, 'measure' | 'wentAhead'>,
  deleteUpTo: (limit: number) => Promise<number>,
): Job => ({
  name: `delete expired ${what}`,
  everyMs: 60_000,
  run: async (signal) => {
    while (!signal.aborted && (await isSteady(clock)) && (await deleteUpTo(stepSize)) === stepSize)
      await yieldToEventLoop()
  },
})

/** By a measurement before each step, because the last one may be seconds old. */
const isSteady = async (clock: Pick<DatabaseClock, 'measure' | 'wentAhead'>): Promise<boolean> => {
  await clock.measure()
  return !clock.wentAhead()
}

/** For the tables of every service. Unsent messages and parked dead letters are never deleted. */
export const retentionJobs = (
  { database: sql, clock }: Pick<Storage, 'database' | 'clock'>,
  { INBOX_TTL, DEAD_LETTER_TTL }: CommonConfig,
): Job[] => [
  retentionJob('inbox rows', clock, (limit) => purgeInbox(sql, { olderThanMs: INBOX_TTL, limit })),
  retentionJob('settled dead letters', clock, (limit) =>
    purgeDeadLetters(sql, { olderThanMs: DEAD_LETTER_TTL, limit }),
  ),
  retentionJob('failed attempts', clock, (limit) => purgeAttempts(sql, { olderThanMs: DEAD_LETTER_TTL, limit })),
]
