/** The gateway of the histories passes the conformance suite of its port. */
import { type GatewayHarness, gatewayConformance } from '@quadrille/payment/conformance'
import { OutcomeUnknown } from '@quadrille/payment/gateway'
import { seeded } from '@quadrille/testing'
import { memoryGateway, unsupportedCurrency } from './memory-gateway.ts'
import { createPool } from './pool.ts'

/** Without idempotency keys: an order identifies its charge, and a payment intent its refund. */
const features = {
  methods: {
    captured: 'pm_card_visa',
    declined: { method: 'pm_card_chargeDeclined', code: 'generic_decline' },
    insufficientFunds: 'pm_card_chargeDeclinedInsufficientFunds',
    responseLost: null,
    failsTwice: null,
    slow: 'pm_sim_slow',
    refundRefused: { method: 'pm_card_refundFail', code: 'expired_or_canceled_card' },
    refundFailsTwice: null,
    refundSlow: null,
  },
  rejectedTerms: { amount: 4_500, currency: unsupportedCurrency, code: 'currency_not_supported' },
  movesClock: false,
}

const makeHarness = async (): Promise<GatewayHarness> => {
  const pool = createPool(seeded(1))
  let outage: { readonly retryAfterMs?: number } | null = null
  const gateway = memoryGateway(pool, async (_name, effect) => {
    if (outage) throw new OutcomeUnknown('The gateway does not answer.', { ...outage, outage: true })
    return effect()
  })
  return {
    open: () => gateway,
    cutOff: (retryAfterMs) => {
      outage = retryAfterMs === undefined ? {} : { retryAfterMs }
    },
    reconnect: () => {
      outage = null
    },
    advance: () => {
      for (let next = pool.draw(); next; next = pool.draw()) if ('execute' in next) void next.execute()
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

gatewayConformance('the gateway in memory', { features, makeHarness })
