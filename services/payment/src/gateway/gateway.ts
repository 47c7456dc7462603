/**
 * The payment gateway as the tasks see it. `conformance/` tests these promises against each adapter:
 *
 * - **At most one capture.** An order is captured at most once, however often, by however many workers and after however many
 *   restarts it is charged.
 * - **Stored before it is confirmed.** An order has one object at the gateway that may be confirmed: the first whose reference was
 *   stored by `begin`. So the gateway never captures anything that our records can't find.
 * - **A call has a key.** A confirmation is identified by reference and attempt, a refund by reference, round and attempt. The
 *   same call gets the stored answer again, also one that says that the gateway has failed, for as long as the gateway keeps
 *   keys. What must be tried again is a new attempt. Losing all keys doesn't move money twice.
 * - **A business answer is a return value, and final.** That includes a decline and a refused refund. An outcome that is not
 *   known yet is thrown as OutcomeUnknown, and the caller repeats the call later.
 * - **A cancellation against a charge:** one of them is final, and both callers learn which.
 */
import { TaskError, type TaskErrorOptions } from '@quadrille/service'

export interface Gateway extends Ledger {
  /**
   * Charges an order: finds or creates the gateway's object, has its reference stored by `begin`, and confirms it. A lost answer
   * is settled by a lookup. `signal` gives up the wait for a slow gateway, which goes on by itself.
   * @throws {OutcomeUnknown} also if nothing was captured yet: a confirmation without an answer may still arrive.
   * @throws {RangeError} if the amount is not chargeable (see Terms). Nothing is created.
   */
  charge(request: ChargeRequest, begin: BeginAttempt, signal: AbortSignal): Promise<ChargeOutcome>

  /** The present status of an object. @throws {OutcomeUnknown} if the gateway gives no answer. */
  lookup(reference: string): Promise<Standing>

  /**
   * Makes sure that the order will never be captured, or finds that it was. If no reference is known, it finds or creates the
   * object and cancels that, so that a worker that still holds it can't confirm it either.
   * @throws {OutcomeUnknown} while the gateway processes a confirmation: only the end of that decides.
   */
  cancel(request: CancelRequest): Promise<Captured | Cancelled>

  /**
   * Refunds all that was captured. Never more than that, however often it is called.
   * A refusal is final for its round; only a new round is a new try.
   * @throws {OutcomeUnknown} if it may or may not have been made: a later attempt of the same round finds out.
   */
  refund(request: RefundRequest): Promise<RefundOutcome>
}

/** The read-only side of a gateway, by which an auditor compares the gateway's money with ours. */
export interface Ledger {
  /**
   * What the gateway has done for many orders at once, in any order; orders without an object at the gateway are left out.
   * A gateway may take some time until a change is shown here.
   */
  readLedger(orders: OrderSelection): Promise<readonly LedgerEntry[]>
}

/** These orders, or all whose ids are greater than `after` and not greater than `upTo`. Ids are lower-case UUIDs. */
export type OrderSelection =
  | { readonly orderIds: readonly string[] }
  | { readonly after: string; readonly upTo: string }

/** All objects of one order together. Money in minor units. */
export interface LedgerEntry {
  readonly orderId: string
  /** Each currency once. */
  readonly currencies: readonly string[]
  readonly captured: number
  readonly refunded: number
  /** How often money moved. */
  readonly captures: number
  readonly refunds: number
  /** Whether the gateway processes a confirmation, which can still end either way. */
  readonly processing: boolean
  /** References of the objects that could still be confirmed. */
  readonly unconfirmed: readonly string[]
}

/**
 * What is to be paid. `amount` is in minor units of the currency (ISO 4217) and at least 1: an order whose total is 0 is
 * captured as 0 without a call.
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
  /** 1 for the round's first try, and one more after each that had no answer. */
  readonly attempt: number
}

/** Permission to confirm: the object to confirm, which may be an earlier one than was offered, and a number that no other attempt has. */
export interface Leave {
  readonly reference: string
  readonly attempt: number
}

/** Stores the object's reference and counts the attempt. Null if the order may no longer be charged. */
export type BeginAttempt = (reference: string) => Promise<Leave | null>

interface Captured {
  readonly status: 'captured'
  readonly reference: string
  readonly amount: number
  readonly currency: string
}

/** By the issuer, and for good: the object is not charged again. `insufficient_funds` is the code for a lack of money. */
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

/** The gateway processes a confirmation, which can still end either way. */
interface Processing {
  readonly status: 'processing'
  readonly reference: string
}

export type ChargeOutcome = Captured | Declined | Cancelled | Stopped
export type Standing = Captured | Declined | Cancelled | Unconfirmed | Processing
export type RefundOutcome = { readonly status: 'refunded' } | { readonly status: 'refused'; readonly code: string }

/**
 * The gateway may or may not have done what it was asked for. `outage` is true if the gateway gives no answer to any request: if
 * many orders in a row meet that, tasks wait until the gateway is back. By default it is false: the gateway has answered, if only
 * that it failed or is not done. `retryAfterMs` is what the gateway asks for when it limits our rate.
 */
export class OutcomeUnknown extends TaskError {
  override readonly name = 'OutcomeUnknown'

  constructor(message: string, { outage = false, ...options }: Omit<TaskErrorOptions, 'isAttempt'> = {}) {
    super(message, { ...options, outage })
  }
}

/** @throws {RangeError} unless the amount is a positive safe integer. Adapters call it before they create anything. */
export const checkChargeable = ({ orderId, amount }: Terms): void => {
  if (!Number.isSafeInteger(amount) || amount < 1)
    throw new RangeError(`Order ${orderId} can't be charged ${amount}: expected minor units, 1 or more.`)
}
