/** The action that helps a stuck order: the one that its diagnosis calls for, or why there is none. */
import type { Diagnosis, ListedOrder } from '../../api/types.ts'
import { timeOf } from '../../format.ts'

export type Help =
  | { readonly kind: 'dead_letter'; readonly service: string; readonly id: string }
  | { readonly kind: 'refund' }
  /** Only the order service or a person elsewhere can help, or time. */
  | { readonly kind: 'none'; readonly why: string }

export const helpFor = (order: Pick<ListedOrder, 'payment'>, { owedBy, where }: Diagnosis): Help => {
  if (where.deadLetterId !== null) return { kind: 'dead_letter', service: where.service, id: where.deadLetterId }
  if (owedBy === 'payment' && order.payment.status === 'refund_failed') return { kind: 'refund' }
  return { kind: 'none', why: reasonOf(where) }
}

const reasonOf = ({ service, place, at, type }: Diagnosis['where']): string => {
  switch (place) {
    case 'outbox':
      return `The ${service} service sends it by itself, as soon as the broker accepts it.`
    case 'queue':
      return `The ${service} service handles it in its turn. Check that the service runs.`
    case 'retry':
      return at === null ? 'It is tried again by itself.' : `It is tried again by itself at ${timeOf(at)}.`
    case 'dead_letter':
      return `The ${service} service has it among its dead letters.`
    case 'task':
      return type === null
        ? `The ${service} service has not said what happened. Look at the history of the order.`
        : `The ${service} service tries it again by itself.`
    case 'unknown':
      return `The ${service} service does not answer. Start it, and this page says more.`
  }
}
