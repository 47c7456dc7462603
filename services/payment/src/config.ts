import { rate } from '@quadrille/service'
import { z } from 'zod'

/** Variables of the payment service only. */
export const config = z.object({
  GATEWAY: z.enum(['simulated']).default('simulated').describe('The payment gateway: simulated, which moves no money'),
  GATEWAY_RATE: rate
    .optional()
    .describe(
      'Maximum number of attempts to call the gateway per second, on all instances together, such as 50/s or 300/min; default: unlimited',
    ),
})

export type Config = z.output<typeof config>
