import { z } from 'zod'

/** The variables of the payment service, beside those that all services have. */
export const config = z.object({
  GATEWAY: z.enum(['simulated']).default('simulated').describe('The payment gateway: simulated, which moves no money'),
})
