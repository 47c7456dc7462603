import type { Payment } from '../domain/payment.ts'
import type { ChargePermission, Gateway } from '../gateway/gateway.ts'

/** The payments, as far as tasks read and write them. Reactions write everything else. */
export interface PaymentStore {
  read(orderId: string): Promise<Payment | undefined>
  /**
   * Stores the gateway's object and counts the attempt. Null if the order is cancelled, expired or complete. The first
   * stored object stays. @throws a lock timeout if another session has locked the payment.
   */
  begin(attempt: AttemptToCharge): Promise<ChargePermission | null>
}

export interface AttemptToCharge {
  readonly orderId: string
  /** The gateway's object to confirm. */
  readonly reference: string
  /** RFC 3339. The order may not be charged at or after this time. */
  readonly expiresAt: string
}

/** Dependencies of the tasks: our payments, and the gateway. */
export interface Ports {
  readonly payments: PaymentStore
  readonly gateway: Gateway
}
