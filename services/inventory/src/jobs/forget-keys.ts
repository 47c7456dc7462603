import type { Context, Job } from '@quadrille/service'
import type { Config } from '../config.ts'
import { forgetReceiptAnswers } from '../db/receipt-answer-table.ts'

const atOnce = 1_000

/** Forgets the idempotency keys of receipts that are old enough, in small steps. */
export const forgetOldKeys = ({ config, database }: Context<Config>): Job => ({
  name: 'forget idempotency keys',
  everyMs: 60_000,
  run: async () => {
    while ((await forgetReceiptAnswers(database, config.IDEMPOTENCY_TTL, atOnce)) === atOnce);
  },
})
