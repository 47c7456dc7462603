import { type Context, type Job, retentionJob } from '@quadrille/service'
import type { Config } from '../config.ts'
import { deleteHistories } from '../db/history-table.ts'
import { deleteFirstResponses } from '../db/idempotency-table.ts'

/** Deletes expired idempotency keys and histories. Orders are kept. */
export const retention = ({ config: { IDEMPOTENCY_TTL, HISTORY_TTL }, database, clock }: Context<Config>): Job[] => [
  retentionJob('idempotency keys', clock, (limit) =>
    deleteFirstResponses(database, { olderThanMs: IDEMPOTENCY_TTL, limit }),
  ),
  ...(HISTORY_TTL === undefined
    ? []
    : [retentionJob('histories', clock, (limit) => deleteHistories(database, HISTORY_TTL, limit))]),
]
