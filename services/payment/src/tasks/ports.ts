import type { Payment } from '../domain/payment.ts'
import type { Gateway, Leave } from '../gateway/gateway.ts'

/** Our own books, as far as the tasks read and write them. All the rest is the reactions'. */
export interface Books {
  read(orderId: string): Promise<Payment | undefined>
  /**
   * Stores the gateway's object and counts the attempt; null where the order is cancelled, expired or done. The first object
   * stays. @throws a lock timeout where another session holds the payment.
   */
  begin(attempt: AttemptToCharge): Promise<Leave | null>
}

export interface AttemptToCharge {
  readonly orderId: string
  /** Of the gateway's object that would be confirmed. */
  readonly reference: string
  /** RFC 3339. From then on the order may not be charged. */
  readonly expiresAt: string
}

/** What the tasks work with: our books, and the gateway. */
export interface Ports {
  readonly books: Books
  readonly gateway: Gateway
}
