import { primitives } from '@quadrille/events'
import { type Route, route, unavailable } from '@quadrille/service'
import { z } from 'zod'
import type { StockQuestions } from '../stock-questions.ts'

const maxSkusPerQuery = 100

const availability = z
  .object({
    items: z
      .array(
        z
          .object({
            sku: primitives.sku,
            known: z.boolean().meta({ description: 'Whether the SKU is in the catalog.' }),
            available: z.int().meta({ description: 'The number of pieces that can be ordered now.' }),
          })
          .meta({ title: 'Availability', description: 'The availability of one SKU.' }),
      )
      .meta({ description: 'One item for each SKU, in the order of the query.' }),
  })
  .meta({
    title: 'AvailabilityList',
    description: 'The availability of some SKUs. Nothing is reserved.',
    examples: [{ items: [{ sku: 'mug', known: true, available: 12 }] }],
  })

const query = z.strictObject({
  sku: z.union([primitives.sku.transform((sku) => [sku]), z.array(primitives.sku).min(1).max(maxSkusPerQuery)]).meta({
    description: `A SKU. The parameter may be repeated, up to ${maxSkusPerQuery} times.`,
  }),
})

/** `GET /availability?sku=a&sku=b`. */
export const getAvailability = ({ askWithoutOrder }: StockQuestions): Route =>
  route({
    method: 'get',
    path: '/availability',
    operationId: 'getAvailability',
    summary: 'Show what can be ordered',
    description:
      'Asks the inventory service how many pieces of each SKU are available now, for example for a cart. Nothing is reserved, so an order may still end as out of stock.',
    query,
    responses: {
      200: { description: 'The availability of each SKU', body: availability },
      503: { description: 'The inventory service did not answer in time' },
    },
    handle: async ({ query: { sku }, trace }) => {
      const skus = [...new Set(sku)]
      const levels = await askWithoutOrder(skus, trace)
      if (!levels) throw unavailable('The inventory service did not answer in time; try again soon.')
      const items = skus.map((one) => ({ sku: one, known: levels.has(one), available: levels.get(one) ?? 0 }))
      return { status: 200, body: { items } }
    },
  })
