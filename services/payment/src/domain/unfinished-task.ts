/** The task that a payment waits for. */
import type { Payment } from './payment.ts'

export interface UnfinishedTask {
  readonly type: 'Charge' | 'CancelCharge' | 'Refund'
  /** The number of attempts so far. Null for tasks whose attempts are not counted. */
  readonly attempts: number | null
}

/** Null if the outcome of the gateway is final. */
export const unfinishedTaskOf = ({ status, attempts }: Payment): UnfinishedTask | null => {
  switch (status) {
    case 'pending':
      return { type: 'Charge', attempts }
    case 'cancelling':
      return { type: 'CancelCharge', attempts: null }
    case 'refunding':
      return { type: 'Refund', attempts: null }
    case 'voided':
    case 'declined':
    case 'captured':
    case 'refund_failed':
    case 'refunded':
      return null
  }
}
