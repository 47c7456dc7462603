/** Counts the failed calls to the gateway. In most cases a lookup then finds the outcome. */
import { Counter, type Registry } from 'prom-client'
import type { Gateway, Ledger } from './gateway.ts'

const operations = ['charge', 'lookup', 'cancel', 'refund'] as const satisfies readonly Exclude<
  keyof Gateway,
  keyof Ledger
>[]

/** `timeout`: no response in time. `server_error`: a response that reports a failure of the gateway (status 500 or above). */
const kinds = ['timeout', 'server_error'] as const

export interface GatewayError {
  readonly operation: (typeof operations)[number]
  readonly kind: (typeof kinds)[number]
}

/** Called by an adapter for each failed call. */
export type OnGatewayError = (error: GatewayError) => void

export const countGatewayErrors = (registry: Registry): OnGatewayError => {
  const errors = new Counter({
    name: 'quadrille_gateway_errors_total',
    help: 'Failed calls to the payment gateway: timeout (no response in time) or server_error; in most cases a lookup finds the outcome',
    labelNames: ['operation', 'kind'],
    registers: [registry],
  })
  for (const operation of operations) for (const kind of kinds) errors.inc({ operation, kind }, 0) // so that rate() sees the first failure
  return (error) => errors.inc({ ...error })
}
