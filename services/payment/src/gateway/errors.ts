/** Counts the calls to the gateway that failed. After most of them the outcome is known by a lookup. */
import { Counter, type Registry } from 'prom-client'
import type { Gateway, Ledger } from './gateway.ts'

const operations = ['charge', 'lookup', 'cancel', 'refund'] as const satisfies readonly Exclude<
  keyof Gateway,
  keyof Ledger
>[]

/** No answer in time, or an answer that it has failed (a status of 500 and above, in HTTP). */
const kinds = ['timeout', 'server_error'] as const

export interface GatewayError {
  readonly operation: (typeof operations)[number]
  readonly kind: (typeof kinds)[number]
}

/** An adapter calls it for each call that failed. */
export type OnGatewayError = (error: GatewayError) => void

export const countGatewayErrors = (registry: Registry): OnGatewayError => {
  const errors = new Counter({
    name: 'quadrille_gateway_errors_total',
    help: 'Calls to the payment gateway that failed',
    labelNames: ['operation', 'kind'],
    registers: [registry],
  })
  for (const operation of operations) for (const kind of kinds) errors.inc({ operation, kind }, 0) // so that the first one shows as a rise
  return (error) => errors.inc({ ...error })
}
