import { rate } from '@quadrille/service'
import { z } from 'zod'

/** Variables of the payment service only. */
export const config = z.object({
  GATEWAY: z.enum(['simulated']).default('simulated').describe('The payment gateway: simulated, which moves no money'),
  GATEWAY_RATE: rate
    .optional()
    .describe(
      'Maximum rate of attempts to call the gateway, on all instances together: 50/s, 300/min or 20/h; default: unlimited',
    ),
})

export type Config = z.output<typeof config>
