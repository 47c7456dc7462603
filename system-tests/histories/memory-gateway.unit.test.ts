/** The gateway of the histories passes the conformance suite of its port. */
import { type GatewayHarness, gatewayConformance } from '@quadrille/payment/conformance'
import { seeded } from '@quadrille/testing'
import { memoryGateway } from './memory-gateway.ts'
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
  },
  movesClock: false,
  cutsOff: false,
}

const makeHarness = async (): Promise<GatewayHarness> => {
  const pool = createPool(seeded(1))
  const gateway = memoryGateway(pool, async (_name, effect) => effect())
  return {
    open: () => gateway,
    advance: () => {
      for (let next = pool.draw(); next; next = pool.draw()) if ('execute' in next) void next.execute()
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

gatewayConformance('the gateway in memory', { features, makeHarness })
