/** Documents describe a service without its environment. */
import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineService, stateTable } from '../../src/index.ts'
import { describeService } from '../../src/tools.ts'
import { post } from '../post.ts'

const model = {
  name: 'desk',
  essential: false,
  publishes: [],
  consumes: ['ParcelSent'],
  internal: [],
  work: null,
} as const

const defined = (config: z.ZodObject) =>
  defineService({
    language: post,
    model,
    config,
    migrations: new URL('none/', import.meta.url),
    tables: stateTable<object>('desk', 'parcel_id'),
    reactions: { ParcelSent: () => ({ state: {} }) },
    wire: () => ({ routes: [] }),
  })

it('names the variables that have neither a default nor are optional', () => {
  const config = z.object({ CARRIER: z.string(), RATE: z.string().default('1'), DEPOT: z.url() })
  expect(() => describeService(defined(config))).toThrow(/^desk requires CARRIER, DEPOT\. /)
  expect(() => describeService(defined(config.partial()))).not.toThrow()
})
