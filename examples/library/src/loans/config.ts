import { integer } from '@quadrille/service'
import { z } from 'zod'

/** Variables of this service only. */
export const config = z.object({
  DEPOSIT: integer(0, 1_000_000).default(500).describe('The deposit for each loan, in cents'),
})

export type Config = z.output<typeof config>
