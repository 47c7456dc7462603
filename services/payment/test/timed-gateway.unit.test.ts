import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import type { Gateway } from '../src/gateway/gateway.ts'
import { timedGateway } from '../src/gateway/timed.ts'

it('how long calls to the gateway take is shown, also of those that fail', async () => {
  const down = () => Promise.reject(new Error('the gateway is down'))
  const adapter: Gateway = {
    charge: down,
    lookup: async (reference) => ({ status: 'unconfirmed', reference }),
    cancel: down,
    refund: down,
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
