import { z } from 'zod'

/** The variables that only this service has. */
export const config = z.object({
  GATEWAY: z.enum(['simulated']).default('simulated').describe('The payment gateway: simulated, which moves no money'),
})

export type Config = z.output<typeof config>
