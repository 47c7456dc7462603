import { Histogram, type Registry } from 'prom-client'
import type { Gateway } from './gateway.ts'

/** The same gateway, which shows how long its calls take. To a charge belong the entry in our books and the lookup after a lost answer. */
export const timedGateway = (gateway: Gateway, registry: Registry): Gateway => {
  const seconds = new Histogram({
    name: 'quadrille_gateway_call_seconds',
    help: 'How long calls to the payment gateway take, also those that fail',
    labelNames: ['operation'],
    buckets: [0.025, 0.1, 0.5, 2.5, 10, 30],
    registers: [registry],
  })
  const timed = <Arguments extends unknown[], Answer>(
    operation: keyof Gateway,
    call: (...args: Arguments) => Promise<Answer>,
  ) => {
    seconds.zero({ operation }) // so that the first one shows as a rise
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
    charge: timed('charge', gateway.charge),
    lookup: timed('lookup', gateway.lookup),
    cancel: timed('cancel', gateway.cancel),
    refund: timed('refund', gateway.refund),
  }
}
