import { draft, type TraceContext } from '@quadrille/events'
import type { Context, Job } from '@quadrille/service'
import type { Config } from '../config.ts'
import { findTraces } from '../db/history-table.ts'
import { findExpired } from '../db/order-table.ts'

const atOnce = 500

/**
 * Cancels open orders whose time is over. Only while this service hears what the others say, and has heard what they said
 * while it was away: an order that was served in time must not expire because its news is late.
 */
export const expire = ({ database, caughtUp, tell }: Context<Config>): Job => ({
  name: 'expire orders',
  everyMs: 1_000,
  run: async () => {
    if (!caughtUp()) return
    const overdue = await findExpired(database, atOnce)
    const traces = overdue.length > 0 ? await findTraces(database, overdue) : new Map<string, TraceContext>()
    const cancel = (orderId: string) =>
      tell(draft('CancellationRequested', { orderId, reason: 'expired' }), traces.get(orderId))
    await Promise.all(overdue.map(cancel))
  },
})
