import { z } from 'zod'

/** Variables of the payment service only. */
export const config = z.object({
  GATEWAY: z.enum(['simulated']).default('simulated').describe('The payment gateway: simulated, which moves no money'),
})

export type Config = z.output<typeof config>
