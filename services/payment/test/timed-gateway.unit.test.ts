import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import type { Gateway, IntentStatus } from '../src/gateway/gateway.ts'
import { timedGateway } from '../src/gateway/timed.ts'

it('records the duration of gateway calls, including failed ones', async () => {
  const down = () => Promise.reject(new Error('the gateway is down'))
  const adapter: Gateway = {
    charge: down,
    lookup: async (reference) => ({ status: 'unconfirmed', reference }),
    cancel: down,
    refund: down,
    readLedger: async () => [],
  }
  const registry = new Registry()
  const gateway = timedGateway(adapter, registry)
  expect(await gateway.lookup('pi_1')).toEqual({ status: 'unconfirmed', reference: 'pi_1' })
  await expect(gateway.refund({ reference: 'pi_1', round: 1, attempt: 1 })).rejects.toThrow('is down')
  const page = await registry.metrics()
  expect(page).toContain('quadrille_gateway_call_seconds_count{operation="lookup"} 1\n')
  expect(page).toContain('quadrille_gateway_call_seconds_count{operation="refund"} 1\n')
  expect(page).toContain('quadrille_gateway_call_seconds_count{operation="charge"} 0\n')
})

it('supports an adapter that is a class', async () => {
  class Adapter implements Gateway {
    readonly status: IntentStatus = { status: 'cancelled', reference: 'pi_1' }
    charge = () => Promise.reject(new Error('not called'))
    refund = () => Promise.reject(new Error('not called'))
    readLedger = async () => []
    async lookup() {
      return this.status
    }
    async cancel() {
      return { status: 'cancelled' as const, reference: this.status.reference }
    }
  }
  const gateway = timedGateway(new Adapter(), new Registry())
  expect(await gateway.lookup('pi_1')).toEqual({ status: 'cancelled', reference: 'pi_1' })
  const request = { orderId: 'o-1', amount: 1, currency: 'EUR', reference: null }
  expect(await gateway.cancel(request)).toEqual({ status: 'cancelled', reference: 'pi_1' })
})
