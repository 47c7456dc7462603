/**
 * The port to the payment gateway. `conformance/` tests each adapter for these guarantees:
 *
 * - **At most one capture.** An order is captured at most once, regardless of attempts, concurrent workers and restarts.
 * - **Stored before it is confirmed.** An adapter confirms only the payment intent whose reference `begin` returns, which is the
 * first one that was stored. So the payment service has a record of every capture.
 * - **Idempotency keys.** Reference and attempt identify a confirmation; reference, round and attempt identify a
 * refund. A repeated call gets the stored response, including a stored failure, for as long as the gateway keeps the
 * key. A retry is a new attempt. Money does not move twice even if the gateway has deleted its keys.
 * - **Business outcomes are return values, and final.** They include a decline and a refused refund. If the outcome is
 * not known yet, the call throws OutcomeUnknown, and the caller repeats it later.
 * - **A cancellation and a charge can be concurrent.** One of them takes effect, and both callers get this outcome.
 * - **Rejected terms are a business outcome.** If a gateway permanently rejects an amount or a currency, a charge is declined and
 * a cancellation is complete, both without a reference. Thrown errors would be retried without end. An adapter first looks for a
 * payment intent of the order, also if no reference is known, because the gateway may have accepted the terms earlier. It must
 * find it by the order's id, and not only by repeating the creation.
 *
 * The tests cover no time limits. An adapter must end each call that the gateway does not answer, and throw OutcomeUnknown.
 */
import { TaskError, type TaskErrorOptions } from '@quadrille/service'

export interface Gateway extends Ledger {
  /**
   * Charges an order: finds or creates the payment intent, lets `begin` store its reference, and confirms it. If the
   * response is lost, it looks up the outcome. `signal` ends the wait for a slow gateway, but not the gateway's work.
   * @throws {OutcomeUnknown} even if nothing was captured yet, because an unanswered confirmation may still arrive.
   * @throws {RangeError} if the amount is not chargeable (see Terms). Nothing is created. If the gateway rejects an amount that
   * is chargeable, for example because it is below the gateway's minimum, the outcome is RejectedTerms.
   */
  charge(request: ChargeRequest, begin: BeginAttempt, signal: AbortSignal): Promise<ChargeOutcome>

  /** The current status of a payment intent. @throws {OutcomeUnknown} if the gateway does not respond. */
  lookup(reference: string): Promise<IntentStatus>

  /**
   * Ensures that the order is never captured, or reports that it was. If no reference is known, it finds or creates the
   * payment intent and cancels it, so that no worker with this reference can confirm it. If there is no payment intent and the
   * gateway rejects the terms, it returns NeverCreated.
   * @throws {OutcomeUnknown} while the gateway processes a confirmation, whose outcome is not known yet.
   */
  cancel(request: CancelRequest): Promise<Captured | Cancelled | NeverCreated>

  /**
   * Refunds the whole captured amount once, however often it is called. A refusal is final for its round. A new round is
   * a new request.
   * @throws {OutcomeUnknown} if it is unknown whether the refund was made, or while it is pending at the gateway. A later attempt in
   * the same round finds this refund, and does not make another.
   */
  refund(request: RefundRequest): Promise<RefundOutcome>
}

/** The read-only part of a gateway. The audit uses it to compare the gateway's amounts with the payment service's. */
export interface Ledger {
  /**
   * The totals of many orders at once, in any order. Omits orders without a payment intent at the gateway. A recent change
   * may appear with a delay.
   */
  readLedger(orders: OrderSelection): Promise<readonly LedgerEntry[]>
}

/** These orders, or all orders with ids greater than `after` and not greater than `upTo`. Ids are lower-case UUIDs. */
export type OrderSelection =
  | { readonly orderIds: readonly string[] }
  | { readonly after: string; readonly upTo: string }

/** The totals of all payment intents of one order. Money is in minor units. */
export interface LedgerEntry {
  readonly orderId: string
  /** The distinct currencies. */
  readonly currencies: readonly string[]
  readonly captured: number
  readonly refunded: number
  /** The number of captures. */
  readonly captures: number
  readonly refunds: number
  /** Whether the gateway is processing a confirmation, whose outcome is still open. */
  readonly processing: boolean
  /** References of the payment intents that could still be confirmed. */
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
  /** The stored reference, if there is one. After a cancellation no other is stored. */
  readonly reference: string | null
}

export interface RefundRequest {
  readonly reference: string
  readonly round: number
  /**
   * 1 for the first attempt of a round. Each attempt without a known outcome increments it, except while the circuit is open: then
   * the attempt is repeated under its number.
   */
  readonly attempt: number
}

/**
 * Permission to confirm: the reference of the payment intent to confirm, which is an earlier one than the offered one if that was
 * stored first, and the number of the attempt.
 */
export interface ChargePermission {
  readonly reference: string
  readonly attempt: number
}

/** Stores the payment intent's reference and counts the attempt. Null if the order may no longer be charged. */
export type BeginAttempt = (reference: string) => Promise<ChargePermission | null>

interface Captured {
  readonly status: 'captured'
  readonly reference: string
  readonly amount: number
  readonly currency: string
}

/**
 * Declined permanently by the issuer: the payment intent is not charged again. A decline for insufficient funds has the code
 * `insufficient_funds`.
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

/**
 * The gateway permanently rejects the terms when a payment intent is to be created: the same request would be rejected tomorrow. An
 * example is an unsupported currency. A rejected login, a rate limit or a bug of the adapter does not count. `code` is the reason.
 */
interface RejectedTerms {
  readonly status: 'declined'
  readonly reference: null
  readonly code: string
}

/** The gateway has no payment intent for the order, and permanently rejects the terms. So nothing can be captured. */
interface NeverCreated {
  readonly status: 'cancelled'
  readonly reference: null
}

/** `begin` denied permission, so this call confirmed nothing. */
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

export type ChargeOutcome = Captured | Declined | RejectedTerms | Cancelled | Stopped
export type IntentStatus = Captured | Declined | Cancelled | Unconfirmed | Processing
export type RefundOutcome = { readonly status: 'refunded' } | { readonly status: 'refused'; readonly code: string }

/**
 * The gateway may or may not have carried out the request. `outage` is true if the failure is not about this order: no response, a
 * rejection by a rate limit or by overload, or a rejected login. If calls for many orders in a row fail in this way, tasks wait until
 * the gateway responds again. By default it is false: the gateway has responded with a failure or with "still processing".
 * `retryAfterMs` is the delay that the gateway requested, for example by a rate limit.
 */
export class OutcomeUnknown extends TaskError {
  override readonly name = 'OutcomeUnknown'

  constructor(message: string, { outage = false, ...options }: Omit<TaskErrorOptions, 'limited'> = {}) {
    super(message, { ...options, outage })
  }
}

/** Adapters call this before they create a payment intent. @throws {RangeError} unless the amount is a positive safe integer. */
export const checkChargeable = ({ orderId, amount }: Terms): void => {
  if (!Number.isSafeInteger(amount) || amount < 1)
    throw new RangeError(`Order ${orderId} can't be charged ${amount}: expected minor units, 1 or more.`)
}
