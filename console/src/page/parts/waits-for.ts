/** Where an order is: the answer that it waits for, and the service that must give it. */
import type { Order } from '../api/types.ts'

export interface Waiting {
  readonly service: 'payment' | 'inventory'
  readonly text: string
  /** True if a person must act. */
  readonly needsPerson?: boolean
}

type Progress = Pick<Order, 'status' | 'payment' | 'inventory'>

/** Empty if nothing is due. A settled order may owe a refund: the gateway may capture after its final answer. */
export const waitsFor = (order: Progress): Waiting[] => {
  if (order.status === 'fulfilled') return []
  if (order.status === 'cancelled') return [...refundOf(order), ...releaseOf(order)]
  return order.payment.status === 'pending'
    ? [{ service: 'payment', text: 'charge' }]
    : [{ service: 'inventory', text: 'reservation' }]
}

const refundOf = ({ payment }: Progress): Waiting[] => {
  switch (payment.status) {
    case 'declined':
    case 'voided':
    case 'refunded':
      return []
    case 'refund_failed':
      return [{ service: 'payment', text: 'refund refused', needsPerson: true }]
    case 'pending':
      return [{ service: 'payment', text: 'void or refund' }]
    case 'captured':
    case 'refunding':
      return [{ service: 'payment', text: 'refund' }]
  }
}

const releaseOf = ({ inventory }: Progress): Waiting[] =>
  inventory.status === 'rejected' || inventory.status === 'released' ? [] : [{ service: 'inventory', text: 'release' }]
