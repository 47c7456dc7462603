import { Histogram, type Registry } from 'prom-client'
import type { CancelRequest, Gateway, Ledger, RefundRequest } from './gateway.ts'

/**
 * Adds a histogram of the duration of calls to a gateway. A charge includes `begin` and the lookup after a lost response.
 */
export const timedGateway = (gateway: Gateway, registry: Registry): Gateway => {
  const seconds = new Histogram({
    name: 'quadrille_gateway_call_seconds',
    help: 'Duration of calls to the payment gateway, including failed calls, and lookups after a lost response',
    labelNames: ['operation'],
    buckets: [0.025, 0.1, 0.5, 2.5, 10, 30],
    registers: [registry],
  })
  const timed = <Arguments extends unknown[], Answer>(
    operation: Exclude<keyof Gateway, keyof Ledger>,
    call: (...args: Arguments) => Promise<Answer>,
  ) => {
    seconds.zero({ operation }) // so that rate() sees the first call
    return async (...args: Arguments): Promise<Answer> => {
      const end = seconds.startTimer({ operation })
      try {
        return await call(...args)
      } finally {
        end()
      }
    }
  }
  return {
    charge: timed('charge', (...args: Parameters<Gateway['charge']>) => gateway.charge(...args)),
    lookup: timed('lookup', (reference: string) => gateway.lookup(reference)),
    cancel: timed('cancel', (request: CancelRequest) => gateway.cancel(request)),
    refund: timed('refund', (request: RefundRequest) => gateway.refund(request)),
    readLedger: (orders) => gateway.readLedger(orders),
  }
}
