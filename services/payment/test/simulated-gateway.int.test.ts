/** The simulated gateway passes the conformance suite. */
import { openDatabase } from '@quadrille/postgres'
import { type MigratedDatabase, openMigratedDatabase } from '@quadrille/testing'
import { beforeAll, inject } from 'vitest'
import { type GatewayHarness, gatewayConformance } from '../conformance/index.ts'
import { type Outage, simulatedGateway } from '../src/gateway/simulated/gateway.ts'
import { payment } from '../src/service.ts'

const methods = {
  captured: 'pm_card_visa',
  declined: { method: 'pm_card_chargeDeclined', code: 'generic_decline' },
  insufficientFunds: 'pm_card_chargeDeclinedInsufficientFunds',
  responseLost: 'pm_sim_timeout_then_charged',
  failsTwice: 'pm_sim_flaky',
  slow: 'pm_sim_slow',
  refundRefused: { method: 'pm_card_refundFail', code: 'expired_or_canceled_card' },
  refundFailsTwice: 'pm_sim_refund_flaky',
  refundSlow: 'pm_sim_refund_slow',
}

const rejectedTerms = { amount: 4_500, currency: 'XDR', code: 'currency_not_supported' }

let migrated: MigratedDatabase
beforeAll(async () => {
  migrated = await openMigratedDatabase(inject('postgresUrl'), payment.migrations)
  return migrated.close
})

const makeHarness = async (): Promise<GatewayHarness> => {
  const opened: { end(): Promise<void> }[] = []
  let nowMs = Date.now() // stands still between two moves, so that the speed of the machine does not matter
  let outage: Outage | null = null
  return {
    open: () => {
      const database = openDatabase({ url: migrated.url, applicationName: 'test', onIdleError: () => undefined })
      opened.push(database)
      return simulatedGateway({ database, now: () => new Date(nowMs), outage: () => outage })
    },
    advance: (ms) => {
      nowMs += ms
    },
    cutOff: (retryAfterMs) => {
      outage = retryAfterMs === undefined ? {} : { retryAfterMs }
    },
    reconnect: () => {
      outage = null
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(opened.map((database) => database.end()))
    },
  }
}

gatewayConformance('the simulated gateway', { features: { methods, rejectedTerms, movesClock: true }, makeHarness })
