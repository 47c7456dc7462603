/** The payment methods that the simulated gateway knows: Stripe's test names, and some faults of our own. */
export interface Method {
  /** The issuer declines, with this code. */
  readonly declines?: string
  /** So many confirmations are answered by a 500, and do nothing. */
  readonly failures?: number
  /** The first answer to a confirmation that captures gets lost on its way. */
  readonly losesAnswer?: boolean
  /** How long a confirmation is dealt with, ms. It ends by itself, whether anybody waits for it or not. */
  readonly processingMs?: number
  /** Refunds are refused for good, with this code. */
  readonly refusesRefund?: string
  /** So many refunds are answered by a 500, and do nothing. Only for methods whose confirmations never are. */
  readonly refundFailures?: number
}

const methods: Readonly<Record<string, Method>> = {
  pm_card_visa: {},
  pm_card_chargeDeclined: { declines: 'generic_decline' },
  pm_card_chargeDeclinedInsufficientFunds: { declines: 'insufficient_funds' },
  pm_card_refundFail: { refusesRefund: 'expired_or_canceled_card' },
  pm_sim_timeout_then_charged: { losesAnswer: true },
  pm_sim_flaky: { failures: 2 },
  pm_sim_refund_flaky: { refundFailures: 2 },
  pm_sim_down: { failures: Number.POSITIVE_INFINITY },
  pm_sim_slow: { processingMs: 2_000 },
}

const unknown: Method = { declines: 'unknown_method' }

/** How a method behaves; one that isn't known declines. */
export const methodOf = (name: string): Method => (Object.hasOwn(methods, name) ? methods[name] : undefined) ?? unknown
