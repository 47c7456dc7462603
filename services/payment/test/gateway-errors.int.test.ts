import { newOrderId } from '@quadrille/events'
import { openMigratedDatabase } from '@quadrille/testing'
import { Registry } from 'prom-client'
import { expect, inject, it, onTestFinished } from 'vitest'
import { countGatewayErrors } from '../src/gateway/count-errors.ts'
import type { BeginAttempt } from '../src/gateway/gateway.ts'
import { simulatedGateway } from '../src/gateway/simulated/gateway.ts'
import { payment } from '../src/service.ts'

it('failed gateway calls are counted by kind', async () => {
  const { database, close } = await openMigratedDatabase(inject('postgresUrl'), payment.migrations)
  onTestFinished(close)
  const registry = new Registry()
  const gateway = simulatedGateway({ database, now: () => new Date(), onError: countGatewayErrors(registry) })
  const begin: BeginAttempt = async (reference) => ({ reference, attempt: 1 })
  const charge = (method: string) => {
    const request = { orderId: newOrderId(), amount: 100, currency: 'EUR', method }
    return gateway.charge(request, begin, new AbortController().signal)
  }
  await charge('pm_card_visa')
  await charge('pm_card_chargeDeclined')
  expect(await charge('pm_sim_timeout_then_charged')).toMatchObject({ status: 'captured' })
  await expect(charge('pm_sim_flaky')).rejects.toThrow('failed to confirm')
  await expect(charge('pm_sim_down')).rejects.toThrow('failed to confirm')
  const page = await registry.metrics()
  expect(page).toContain('quadrille_gateway_errors_total{operation="charge",kind="timeout"} 1\n')
  expect(page).toContain('quadrille_gateway_errors_total{operation="charge",kind="server_error"} 2\n')
  expect(page).toContain('quadrille_gateway_errors_total{operation="refund",kind="server_error"} 0\n')
})
