/**
 * The payment gateway as the tasks see it. What its adapters guarantee, together:
 *
 * - An order is captured at most once, however often and by however many workers it is charged.
 * - Each order has one object at the gateway that may be confirmed: the first one that was stored in our books.
 *   It is stored before it is confirmed, so nothing is ever captured that the books can't find.
 * - A business answer is a return value, and final. What nobody can know yet is thrown as OutcomeUnknown,
 *   and the caller does the same again later.
 */
export interface Gateway {
  /**
   * Charges an order: finds or creates the gateway's object, has it stored by `begin`, and confirms it.
   * Where the answer is lost it is looked up. `signal` gives up a wait for a slow gateway.
   * @throws {OutcomeUnknown} also where nothing was captured yet: a confirmation without an answer may still get through.
   */
  charge(request: ChargeRequest, begin: BeginAttempt, signal: AbortSignal): Promise<ChargeOutcome>

  /** How an object stands at the gateway now. */
  lookup(reference: string): Promise<Standing>

  /**
   * Sees to it that the order will never be captured, or finds that it was. Where the books have no reference it finds or
   * creates the object and cancels that, so that a worker that still holds it can't confirm it either.
   * @throws {OutcomeUnknown} while the gateway deals with a confirmation: only its end decides.
   */
  cancel(request: CancelRequest): Promise<Captured | Cancelled>

  /**
   * Gives back all that was captured. Never more than that, however often it is called.
   * A refusal is final for its round; only a new round is a new try.
   */
  refund(request: RefundRequest): Promise<RefundOutcome>
}

/** What is to be paid; `amount` in minor units of the currency. */
interface Terms {
  readonly orderId: string
  readonly amount: number
  readonly currency: string
}

export interface ChargeRequest extends Terms {
  readonly method: string
}

export interface CancelRequest extends Terms {
  /** The object that the books know of, if any. After a cancellation they learn of no other. */
  readonly reference: string | null
}

export interface RefundRequest {
  readonly reference: string
  readonly round: number
  /** 1 for the round's first try, and one more after each that had no answer. */
  readonly attempt: number
}

/** Leave to confirm: the object to confirm, which may be an earlier one than was offered, and a number that no other attempt has. */
export interface Leave {
  readonly reference: string
  readonly attempt: number
}

/** Stores the object's reference and counts the attempt. Null where the order may no longer be charged. */
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

/** No leave was given: nothing was confirmed by this call. */
interface Stopped {
  readonly status: 'stopped'
}

interface Unconfirmed {
  readonly status: 'unconfirmed'
  readonly reference: string
}

/** The gateway deals with a confirmation, which can still end either way. */
interface Processing {
  readonly status: 'processing'
  readonly reference: string
}

export type ChargeOutcome = Captured | Declined | Cancelled | Stopped
export type Standing = Captured | Declined | Cancelled | Unconfirmed | Processing
export type RefundOutcome = { readonly status: 'refunded' } | { readonly status: 'refused'; readonly code: string }

interface OutcomeUnknownOptions extends ErrorOptions {
  /** The gateway answers nothing at all. Default false: it has answered, if only that it failed or isn't done. */
  readonly outage?: boolean
}

/** The gateway may or may not have done what it was asked for. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown'
  /** Where it is true for many orders in a row, tasks wait until the gateway is there again. */
  readonly outage: boolean

  constructor(message: string, { outage = false, ...options }: OutcomeUnknownOptions = {}) {
    super(message, options)
    this.outage = outage
  }
}
