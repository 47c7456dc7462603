import { type Context, type Job, retentionJob } from '@quadrille/service'
import type { Config } from '../config.ts'
import { deleteHistories } from '../db/history-table.ts'
import { deleteFirstResponses } from '../db/idempotency-table.ts'
import { createScanStart } from './scan-start.ts'

/** Deletes expired idempotency keys and histories. Orders are kept. */
export const retention = ({ config: { IDEMPOTENCY_TTL, HISTORY_TTL }, database, clock }: Context<Config>): Job[] => [
  retentionJob('idempotency keys', clock, (limit) =>
    deleteFirstResponses(database, { olderThanMs: IDEMPOTENCY_TTL, limit }),
  ),
  ...(HISTORY_TTL === undefined ? [] : [historyJob(HISTORY_TTL, { database, clock })]),
]

/** Each step begins where the last one has ended, so that it does not read the index entries of all events deleted before. */
const historyJob = (ttlMs: number, { database, clock }: Pick<Context<Config>, 'database' | 'clock'>): Job => {
  const scanStart = createScanStart(clock.now)
  return retentionJob('histories', clock, async (limit) => {
    const { count, lastMs } = await deleteHistories(database, { ttlMs, limit, fromMs: scanStart.next() })
    scanStart.nothingBefore(count === limit ? lastMs : clock.now().getTime() - ttlMs)
    return count
  })
}
