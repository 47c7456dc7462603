/** The gateway of the histories passes the conformance suite of the port, like the real one. */
import { type GatewayHarness, gatewayConformance } from '@quadrille/payment/conformance'
import { seeded } from '@quadrille/testing'
import { createBag } from './bag.ts'
import { memoryGateway } from './memory-gateway.ts'

/** It keeps no keys and repeats no answers: a charge is identified by its order, a refund by its object. */
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
  const bag = createBag(seeded(1))
  const gateway = memoryGateway(bag, async (_name, effect) => effect())
  return {
    open: () => gateway,
    advance: () => {
      for (let next = bag.draw(); next; next = bag.draw()) if ('happen' in next) void next.happen()
    },
    [Symbol.asyncDispose]: async () => undefined,
  }
}

gatewayConformance('the gateway in memory', { features, makeHarness })
