/** The gateway's payment intent, and its operations. */
import type { IntentStatus, LedgerEntry, RefundOutcome } from '@quadrille/payment/gateway'

/** The behaviour of a payment method. */
export interface Method {
  readonly declines?: string
  /** Confirmations that get a 500 and have no effect. */
  readonly failures?: number
  /** The confirmation takes time, and its outcome is unknown until then. */
  readonly slow?: true
  /** The number of refund rounds that are refused. */
  readonly refusals?: number
}

const methods: Readonly<Record<string, Method>> = {
  pm_card_chargeDeclined: { declines: 'generic_decline' },
  pm_card_chargeDeclinedInsufficientFunds: { declines: 'insufficient_funds' },
  pm_card_refundFail: { refusals: 2 },
  pm_sim_flaky: { failures: 2 },
  pm_sim_slow: { slow: true },
  pm_sim_down: { failures: Number.POSITIVE_INFINITY },
}

export const methodOf = (name: string): Method => methods[name] ?? {}

export interface Terms {
  readonly orderId: string
  readonly amount: number
  readonly currency: string
}

export interface Intent extends Terms {
  readonly reference: string
  status: IntentStatus['status']
  method: Method
  confirmations: number
  /** The number of captures. */
  captures: number
  refunds: number
}

export const createIntent = (terms: Terms): Intent => ({
  ...terms,
  reference: `of-${terms.orderId}`,
  status: 'unconfirmed',
  method: {},
  confirmations: 0,
  captures: 0,
  refunds: 0,
})

export const statusOf = ({ status, reference, amount, currency, method }: Intent): IntentStatus => {
  switch (status) {
    case 'captured':
      return { status, reference, amount, currency }
    case 'declined':
      return { status, reference, code: method.declines ?? 'unknown' }
    case 'unconfirmed':
    case 'processing':
    case 'cancelled':
      return { status, reference }
  }
}

/** Only an unconfirmed payment intent can be captured, so each is captured once at most. */
export const confirm = (intent: Intent, method: Method): IntentStatus => {
  if (intent.status === 'unconfirmed') {
    intent.method = method
    intent.confirmations += 1
    if (intent.confirmations > (method.failures ?? 0)) processConfirmation(intent)
  }
  return statusOf(intent)
}

const processConfirmation = (intent: Intent): void => {
  if (intent.method.declines !== undefined) intent.status = 'declined'
  else if (intent.method.slow) intent.status = 'processing'
  else capture(intent)
}

export const capture = (intent: Intent): void => {
  intent.status = 'captured'
  intent.captures += 1
}

export const cancel = (intent: Intent): IntentStatus => {
  if (intent.status === 'unconfirmed') intent.status = 'cancelled'
  return statusOf(intent)
}

/** A refusal is final for its round. A refund is made once, for all rounds. */
export const refund = (intent: Intent, round: number): RefundOutcome => {
  if (intent.status !== 'captured') return { status: 'refused', code: 'not_captured' }
  if (intent.refunds > 0) return { status: 'refunded' }
  if (round <= (intent.method.refusals ?? 0)) return { status: 'refused', code: 'expired_or_canceled_card' }
  intent.refunds += 1
  return { status: 'refunded' }
}

/** The ledger entry of an order, which has one payment intent in this gateway. */
export const entryOf = ({ orderId, amount, currency, reference, status, captures, refunds }: Intent): LedgerEntry => ({
  orderId,
  currencies: [currency],
  captured: captures * amount,
  refunded: refunds * amount,
  captures,
  refunds,
  processing: status === 'processing',
  unconfirmed: status === 'unconfirmed' ? [reference] : [],
})
