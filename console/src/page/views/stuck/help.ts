/** The action that helps a stuck order by its diagnosis, or the reason why the console has no action. */
import type { Diagnosis, ListedOrder } from '../../api/types.ts'
import { timeOf } from '../../format.ts'

export type Help =
  | { readonly kind: 'dead_letter'; readonly service: string; readonly id: string }
  | { readonly kind: 'refund' }
  /** The console has no action for it. */
  | { readonly kind: 'none'; readonly why: string }

export const helpFor = (order: Pick<ListedOrder, 'payment'>, { owedBy, where }: Diagnosis): Help => {
  if (where.deadLetterId !== null) return { kind: 'dead_letter', service: where.service, id: where.deadLetterId }
  if (owedBy === 'payment' && order.payment.status === 'refund_failed') return { kind: 'refund' }
  return { kind: 'none', why: reasonOf(where) }
}

const reasonOf = ({ service, place, at, type }: Diagnosis['where']): string => {
  switch (place) {
    case 'outbox':
      return `The ${service} service sends it automatically, as soon as the broker accepts it.`
    case 'queue':
      return `The ${service} service handles its messages in order of arrival. Check that it runs. If it runs and nothing waits in its queue, the message is lost: run npm run reconcile.`
    case 'retry':
      return at === null ? 'It is tried again automatically.' : `It is tried again automatically at ${timeOf(at)}.`
    case 'dead_letter':
      return `It is a dead letter of the ${service} service.`
    case 'task':
      return type === null
        ? `The ${service} service has no work left for it. Look at the history of the order.`
        : `The ${service} service tries it again automatically.`
    case 'unknown':
      return `Start the ${service} service if it is down. Otherwise remove the reason above.`
  }
}
