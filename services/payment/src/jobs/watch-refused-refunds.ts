/** Shows how many refunds the gateway has refused, until they are made. */
import { Measurement } from '@quadrille/async'
import type { Context, Job } from '@quadrille/service'
import { countRefusedRefunds } from '../db/refusal-table.ts'

/**
 * Returns the job that counts them. The order service counts only those of open orders: an order that was settled by
 * PaymentVoided or PaymentDeclined may have a late capture, whose refund is then refused. A refund that is requested again counts
 * until it is made: if its task is lost, nothing else shows it.
 */
export const watchRefusedRefunds = ({ database, gauge }: Pick<Context<unknown>, 'database' | 'gauge'>): Job => {
  const refused = new Measurement(0, () => countRefusedRefunds(database))
  gauge(
    'quadrille_payments_refund_failed',
    'Payments whose refund was refused and not made since, also for settled orders',
    () => refused.recent,
  )
  return { name: 'count refused refunds', everyMs: 10_000, run: () => refused.run() }
}
