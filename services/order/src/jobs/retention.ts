import { type Context, type Job, retentionJob } from '@quadrille/service'
import type { Config } from '../config.ts'
import { forgetHistories } from '../db/history-table.ts'
import { forgetKeys } from '../db/idempotency-table.ts'

/** What the order service need not remember any longer. Orders themselves are kept. */
export const retention = ({ config: { IDEMPOTENCY_TTL, HISTORY_TTL }, database }: Context<Config>): Job[] => [
  retentionJob('idempotency keys', (limit) => forgetKeys(database, IDEMPOTENCY_TTL, limit)),
  ...(HISTORY_TTL === undefined
    ? []
    : [retentionJob('histories', (limit) => forgetHistories(database, HISTORY_TTL, limit))]),
]
