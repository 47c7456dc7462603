import type { Payment } from '../domain/payment.ts'
import type { ChargePermission, Gateway } from '../gateway/gateway.ts'

/** The access of tasks to payments. Reactions make all other changes. */
export interface PaymentStore {
  read(orderId: string): Promise<Payment | undefined>
  /**
   * Permits an attempt to charge: stores the reference of the payment intent, unless one is stored already, and counts
   * the attempt. Returns null if the payment is not pending, or the order has expired.
   * @throws a lock timeout if another session has locked the payment.
   */
  begin(attempt: ChargeAttempt): Promise<ChargePermission | null>
  /** Whether `begin` could permit an attempt: the payment is pending, and the order has not expired. */
  isChargeable(charge: ChargeLimit): Promise<boolean>
}

export interface ChargeLimit {
  readonly orderId: string
  /** RFC 3339. The order must not be charged at or after this time. */
  readonly expiresAt: string
}

export interface ChargeAttempt extends ChargeLimit {
  /** The reference of the payment intent to confirm. */
  readonly reference: string
}

/** The dependencies of the tasks. */
export interface Ports {
  readonly payments: PaymentStore
  readonly gateway: Gateway
}
