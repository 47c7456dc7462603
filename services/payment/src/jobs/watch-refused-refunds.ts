/** Shows how many refunds the gateway has refused, so that an operator must act. */
import { Measurement } from '@quadrille/async'
import type { Context, Job } from '@quadrille/service'
import { countRefusedRefunds } from '../db/refusal-table.ts'

/**
 * Returns the job that counts them. The order service counts only those of open orders: an order that was settled by
 * PaymentVoided or PaymentDeclined may have a late capture, whose refund is then refused.
 */
export const watchRefusedRefunds = ({ database, gauge }: Pick<Context<unknown>, 'database' | 'gauge'>): Job => {
  const refused = new Measurement(0, () => countRefusedRefunds(database))
  gauge(
    'quadrille_payments_refund_failed',
    'Payments whose refund was refused, also for settled orders',
    () => refused.recent,
  )
  return { name: 'count refused refunds', everyMs: 10_000, run: () => refused.run() }
}
