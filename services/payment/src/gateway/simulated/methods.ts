/** The payment methods of the simulated gateway: Stripe's test names, and additional ones that cause faults. */
export interface Method {
  /** The issuer declines with this code. */
  readonly declines?: string
  /** The number of confirmations that fail with a 500, without an effect, before one succeeds. */
  readonly failures?: number
  /** The response to the confirmation that captures is lost. */
  readonly losesAnswer?: boolean
  /**
   * How long the gateway processes a confirmation. The processing also ends if no caller waits for it.
   */
  readonly processingMs?: number
  /** The gateway refuses refunds permanently, with this code. */
  readonly refusesRefund?: string
  /** The number of refunds that fail with a 500, without an effect, before one succeeds. Only without `failures`. */
  readonly refundFailures?: number
  /** How long a refund is pending. Only without `processingMs`. */
  readonly refundPendingMs?: number
}

const methods: Readonly<Record<string, Method>> = {
  pm_card_visa: {},
  pm_card_chargeDeclined: { declines: 'generic_decline' },
  pm_card_chargeDeclinedInsufficientFunds: { declines: 'insufficient_funds' },
  pm_card_refundFail: { refusesRefund: 'expired_or_canceled_card' },
  pm_sim_timeout_then_charged: { losesAnswer: true },
  pm_sim_flaky: { failures: 2 },
  pm_sim_refund_flaky: { refundFailures: 2 },
  pm_sim_refund_slow: { refundPendingMs: 2_000 },
  pm_sim_down: { failures: Number.POSITIVE_INFINITY },
  pm_sim_slow: { processingMs: 2_000 },
  pm_sim_half_second: { processingMs: 500 },
}

const unknown: Method = { declines: 'unknown_method' }

/** The behaviour of a method. An unknown method declines. */
export const methodOf = (name: string): Method => (Object.hasOwn(methods, name) ? methods[name] : undefined) ?? unknown
