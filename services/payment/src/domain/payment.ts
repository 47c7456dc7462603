/** The payment of an order. Amounts are in minor units of its currency. */

/** The fields of every payment: the amount to pay, and the state of the charge at the gateway. */
interface PaymentBase {
  readonly orderId: string
  readonly amount: number
  readonly currency: string
  /**
   * The reference of the payment intent. It is stored before the confirmation, so while it is null, nothing
   * was captured. The exception is a database restored from a backup, which may have lost the reference.
   */
  readonly gatewayReference: string | null
  /** The number of attempts to confirm the payment intent. */
  readonly attempts: number
}

/** The charge was requested, and its outcome is not known yet. */
export interface Pending extends PaymentBase {
  readonly status: 'pending'
}

/** The order is cancelled, and the outcome of the charge is not known yet. */
export interface Cancelling extends PaymentBase {
  readonly status: 'cancelling'
}

/** The order is cancelled, and nothing was captured. */
export interface Voided extends PaymentBase {
  readonly status: 'voided'
}

export interface Declined extends PaymentBase {
  readonly status: 'declined'
  /** The gateway's code for the reason. Null for rows older than this column. */
  readonly code: string | null
  /** Whether the order is cancelled. A later capture is then refunded. */
  readonly cancelled: boolean
}

/** The gateway has captured the amount. */
interface CapturedBase extends PaymentBase {
  readonly gatewayReference: string
  readonly captured: number
}

export interface Captured extends CapturedBase {
  readonly status: 'captured'
}

/** The order is cancelled, and a refund was requested. */
export interface Refunding extends CapturedBase {
  readonly status: 'refunding'
  /** Starts at 1. Each retry that an operator requests increments it. */
  readonly round: number
}

/** The gateway refused the refund permanently. An operator must act. */
export interface RefundFailed extends CapturedBase {
  readonly status: 'refund_failed'
  readonly round: number
  /** The gateway's code for the reason. Null for rows older than this column. */
  readonly code: string | null
}

export interface Refunded extends CapturedBase {
  readonly status: 'refunded'
  /** 0 if there was nothing to refund. */
  readonly round: number
  /** The reference of a refund that an operator made outside the gateway. Null for a refund by the gateway. */
  readonly manualReference: string | null
}

export type WithCapture = Captured | Refunding | RefundFailed | Refunded
export type WithoutCapture = Pending | Cancelling | Voided | Declined
export type Payment = WithoutCapture | WithCapture

/** A payment without an attempt to charge it. */
export const newPayment = <Status extends 'pending' | 'cancelling' | 'voided'>(
  status: Status,
  { orderId, amount, currency }: Pick<PaymentBase, 'orderId' | 'amount' | 'currency'>,
): PaymentBase & { readonly status: Status } => ({
  orderId,
  amount,
  currency,
  gatewayReference: null,
  attempts: 0,
  status,
})

export const hasCapture = (payment: Payment): payment is WithCapture => 'captured' in payment

/** Whether the order is cancelled. */
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
