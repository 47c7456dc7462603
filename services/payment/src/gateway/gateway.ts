/**
 * The payment gateway as the tasks see it. `conformance/` tests these promises against each adapter:
 *
 * - **At most one capture.** An order is captured at most once, however many attempts, workers and restarts there are.
 * - **Stored before it is confirmed.** An order has one object at the gateway that may be confirmed: the first whose
 * reference `begin` has stored. So every capture is in our records.
 * - **Idempotency keys.** Reference and attempt identify a confirmation; reference, round and attempt identify a
 * refund. A repeated call gets the stored answer, also a failure of the gateway, while the gateway keeps the key. A
 * retry is a new attempt. Losing all keys does not move money twice.
 * - **A business outcome is a return value, and final.** That includes a decline and a refused refund. An outcome that
 * is not known yet is thrown as OutcomeUnknown, and the caller repeats the call later.
 * - **Cancellation and charge at the same time:** one of them is final, and both callers learn which.
 */
import { TaskError, type TaskErrorOptions } from '@quadrille/service'

export interface Gateway extends Ledger {
  /**
   * Charges an order: finds or creates the gateway's object, lets `begin` store its reference, and confirms it. After a
   * lost answer it looks up the outcome. `signal` ends the wait for a slow gateway, but not the gateway's own work.
   * @throws {OutcomeUnknown} also if nothing was captured yet: a confirmation without an answer may still arrive.
   * @throws {RangeError} if the amount is not chargeable (see Terms). Nothing is created.
   */
  charge(request: ChargeRequest, begin: BeginAttempt, signal: AbortSignal): Promise<ChargeOutcome>

  /** The present status of an object. @throws {OutcomeUnknown} if the gateway does not answer. */
  lookup(reference: string): Promise<ObjectStatus>

  /**
   * Ensures that the order is never captured, or finds that it was. Without a known reference it finds or creates the
   * object and cancels that, so that a worker with that reference can't confirm it either.
   * @throws {OutcomeUnknown} while the gateway processes a confirmation. The outcome of that decides.
   */
  cancel(request: CancelRequest): Promise<Captured | Cancelled>

  /**
   * Refunds the whole captured amount, never more, however often it is called. A refusal is final for its round. A new
   * round is a new request.
   * @throws {OutcomeUnknown} if the refund may or may not have been made. A later attempt of the same round finds out.
   */
  refund(request: RefundRequest): Promise<RefundOutcome>
}

/** The read-only side of a gateway. An auditor uses it to compare the gateway's money with our records. */
export interface Ledger {
  /**
   * The totals of many orders at once, in any order. Orders without an object at the gateway are left out. A recent
   * change may appear with a delay.
   */
  readLedger(orders: OrderSelection): Promise<readonly LedgerEntry[]>
}

/** These orders, or all orders with ids greater than `after` and not greater than `upTo`. Ids are lower-case UUIDs. */
export type OrderSelection =
  | { readonly orderIds: readonly string[] }
  | { readonly after: string; readonly upTo: string }

/** The totals of all objects of one order. Money is in minor units. */
export interface LedgerEntry {
  readonly orderId: string
  /** Each currency once. */
  readonly currencies: readonly string[]
  readonly captured: number
  readonly refunded: number
  /** The number of captures. */
  readonly captures: number
  readonly refunds: number
  /** Whether the gateway is processing a confirmation, whose outcome is still open. */
  readonly processing: boolean
  /** References of the objects that could still be confirmed. */
  readonly unconfirmed: readonly string[]
}

/**
 * The amount to pay, in minor units of the currency (ISO 4217), at least 1. An order with a total of 0 is captured
 * without a call.
 */
interface Terms {
  readonly orderId: string
  readonly amount: number
  readonly currency: string
}

export interface ChargeRequest extends Terms {
  readonly method: string
}

export interface CancelRequest extends Terms {
  /** The stored object, if there is one. After a cancellation no other is stored. */
  readonly reference: string | null
}

export interface RefundRequest {
  readonly reference: string
  readonly round: number
  /** 1 for the first attempt of a round. Each attempt without an answer increments it. */
  readonly attempt: number
}

/**
 * Permission to confirm: the object to confirm, which may be an earlier one than the offered one, and a number that
 * identifies the attempt.
 */
export interface ChargePermission {
  readonly reference: string
  readonly attempt: number
}

/** Stores the object's reference and counts the attempt. Null if the order may no longer be charged. */
export type BeginAttempt = (reference: string) => Promise<ChargePermission | null>

interface Captured {
  readonly status: 'captured'
  readonly reference: string
  readonly amount: number
  readonly currency: string
}

/**
 * Declined by the issuer, permanently: the object is not charged again. `insufficient_funds` is the code for a lack of
 * money.
 */
interface Declined {
  readonly status: 'declined'
  readonly reference: string
  readonly code: string
}

interface Cancelled {
  readonly status: 'cancelled'
  readonly reference: string
}

/** `begin` gave no permission: this call confirmed nothing. */
interface Stopped {
  readonly status: 'stopped'
}

interface Unconfirmed {
  readonly status: 'unconfirmed'
  readonly reference: string
}

/** The gateway is processing a confirmation, whose outcome is still open. */
interface Processing {
  readonly status: 'processing'
  readonly reference: string
}

export type ChargeOutcome = Captured | Declined | Cancelled | Stopped
export type ObjectStatus = Captured | Declined | Cancelled | Unconfirmed | Processing
export type RefundOutcome = { readonly status: 'refunded' } | { readonly status: 'refused'; readonly code: string }

/**
 * The gateway may or may not have carried out the request. `outage` is true if the gateway does not answer at all. If
 * many orders in a row meet an outage, tasks wait until the gateway is back. By default it is false: the gateway has
 * answered, with a failure or "still processing". `retryAfterMs` is the wait that the gateway requested when it limited
 * our rate.
 */
export class OutcomeUnknown extends TaskError {
  override readonly name = 'OutcomeUnknown'

  constructor(message: string, { outage = false, ...options }: Omit<TaskErrorOptions, 'isAttempt'> = {}) {
    super(message, { ...options, outage })
  }
}

/** Adapters call it before they create anything. @throws {RangeError} unless the amount is a positive safe integer. */
export const checkChargeable = ({ orderId, amount }: Terms): void => {
  if (!Number.isSafeInteger(amount) || amount < 1)
    throw new RangeError(`Order ${orderId} can't be charged ${amount}: expected minor units, 1 or more.`)
}
