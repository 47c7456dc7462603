/** The payment of an order. Amounts are in minor units of its currency. */
import type { DataOf } from '@quadrille/events'

/** What is asked for, and how it was asked for at the gateway. */
interface Asked {
  readonly orderId: string
  readonly amount: number
  readonly currency: string
  /**
   * The gateway's object. It is stored before it is confirmed: while it is null, nothing can have been captured. Not so in books
   * that were restored from an older backup: there the gateway may have captured what they have not heard of.
   */
  readonly gatewayReference: string | null
  /** How often it was to be confirmed. */
  readonly attempts: number
}

/** The charge is out, and its outcome not known here. */
export interface Pending extends Asked {
  readonly status: 'pending'
}

/** The order is cancelled, and the gateway has yet to say whether the charge got through. */
export interface Cancelling extends Asked {
  readonly status: 'cancelling'
}

/** Cancelled, and nothing was captured. */
export interface Voided extends Asked {
  readonly status: 'voided'
}

export interface Declined extends Asked {
  readonly status: 'declined'
  /** Why, in the gateway's word; null in books of before that was kept. */
  readonly code: string | null
  /** Whether the order's cancellation has come: a capture that turns up after it is refunded. */
  readonly cancelled: boolean
}

/** The gateway has taken the money, by this object. */
interface Taken extends Asked {
  readonly gatewayReference: string
  readonly captured: number
}

export interface Captured extends Taken {
  readonly status: 'captured'
}

/** The order is cancelled, and the money on its way back. */
export interface Refunding extends Taken {
  readonly status: 'refunding'
  /** 1, and one more each time that a person has a refused refund tried again. */
  readonly round: number
}

/** The gateway refused the refund for good: a person has to act. */
export interface RefundFailed extends Taken {
  readonly status: 'refund_failed'
  readonly round: number
  /** Why, in the gateway's word; null in books of before that was kept. */
  readonly code: string | null
}

export interface Refunded extends Taken {
  readonly status: 'refunded'
  /** 0 where there was nothing to give back. */
  readonly round: number
  /** What tells of a refund that a person made outside the gateway; null for one of the gateway's. */
  readonly manualReference: string | null
}

export type Paid = Captured | Refunding | RefundFailed | Refunded
export type Unpaid = Pending | Cancelling | Voided | Declined
export type Payment = Unpaid | Paid

const asked = (orderId: string, amount: number, currency: string): Asked => ({
  orderId,
  amount,
  currency,
  gatewayReference: null,
  attempts: 0,
})

export const pending = ({ orderId, total, currency }: DataOf<'OrderPlaced'>): Pending => ({
  ...asked(orderId, total, currency),
  status: 'pending',
})

/**
 * What keeps an order that was cancelled before it was heard of from being charged. The gateway is asked about it too: books
 * that were restored from an older backup have not heard of what they once had charged.
 */
export const tombstone = ({ orderId, total, currency }: DataOf<'OrderCancelled'>): Cancelling => ({
  ...asked(orderId, total, currency),
  status: 'cancelling',
})

/** The tombstone of an order that costs nothing: no gateway ever hears of it. */
export const freeTombstone = (data: DataOf<'OrderCancelled'>): Voided => ({ ...tombstone(data), status: 'voided' })

/** The payment of which nothing is known but what the gateway made of it: after a restored backup, say. */
export const unheardOf = ({
  orderId,
  amount,
  currency,
}: DataOf<'ChargeSucceeded'> | DataOf<'PaymentDeclined'>): Pending => ({
  ...asked(orderId, amount, currency),
  status: 'pending',
})

export const isPaid = (payment: Payment): payment is Paid => 'captured' in payment

/** Whether the order's cancellation has come. */
export const isCancelled = (payment: Payment): boolean => {
  switch (payment.status) {
    case 'pending':
    case 'captured':
      return false
    case 'declined':
      return payment.cancelled
    case 'cancelling':
    case 'voided':
    case 'refunding':
    case 'refund_failed':
    case 'refunded':
      return true
  }
}
