import type { Context, Job } from '@quadrille/service'
import type { Config } from '../config.ts'
import { forgetKeys } from '../db/idempotency-table.ts'

const atOnce = 1_000

/** Forgets idempotency keys that are old enough, in small steps. */
export const forgetOldKeys = ({ config, database }: Context<Config>): Job => ({
  name: 'forget idempotency keys',
  everyMs: 60_000,
  run: async () => {
    while ((await forgetKeys(database, config.IDEMPOTENCY_TTL, atOnce)) === atOnce);
  },
})
